//! Log densities by SciPy 1.17, and by mpmath 1.4 with 40 digits; the call stands above each.

use super::cases::{Case, scalar, vector, wrap};

#[rustfmt::skip]
#[allow(clippy::excessive_precision, clippy::approx_constant)]
pub(super) fn all() -> Vec<(Case, &'static [f64], f64)> {
    vec![
        // st.norm(0.3, 2.0).logpdf(-7.5)
        (scalar("Normal", &[0.3, 2.0]), &[-7.5], -9.217085713764618),
        // st.norm(0.3, 2.0).logpdf(0.3)
        (scalar("Normal", &[0.3, 2.0]), &[0.3], -1.612085713764618),
        // st.norm(0.3, 2.0).logpdf(40.0)
        (scalar("Normal", &[0.3, 2.0]), &[40.0], -198.62333571376465),
        // st.halfnorm(scale=2.5).logpdf(0.0)
        (scalar("HalfNormal", &[2.5]), &[0.0], -1.1420820845188826),
        // st.halfnorm(scale=2.5).logpdf(1.7)
        (scalar("HalfNormal", &[2.5]), &[1.7], -1.3732820845188825),
        // st.halfnorm(scale=2.5).logpdf(60.0)
        (scalar("HalfNormal", &[2.5]), &[60.0], -289.14208208451885),
        // st.lognorm(1.3, scale=np.exp(0.4)).logpdf(1e-06)
        (scalar("LogNormal", &[0.4, 1.3]), &[1e-06], -47.15299354846342),
        // st.lognorm(1.3, scale=np.exp(0.4)).logpdf(0.9)
        (scalar("LogNormal", &[0.4, 1.3]), &[0.9], -1.1515012319510072),
        // st.lognorm(1.3, scale=np.exp(0.4)).logpdf(500.0)
        (scalar("LogNormal", &[0.4, 1.3]), &[500.0], -17.398771055336052),
        // st.t(3.5, 0.4, 1.7).logpdf(-1000.0)
        (scalar("StudentT", &[3.5, 0.4, 1.7]), &[-1000.0], -27.400279169381918),
        // st.t(3.5, 0.4, 1.7).logpdf(0.4)
        (scalar("StudentT", &[3.5, 0.4, 1.7]), &[0.4], -1.5201018423216723),
        // st.t(3.5, 0.4, 1.7).logpdf(3.0)
        (scalar("StudentT", &[3.5, 0.4, 1.7]), &[3.0], -2.671682816134163),
        // np.log(2) + st.t(4.0, 0, 2.0).logpdf(0.0)
        (scalar("HalfStudentT", &[4.0, 2.0]), &[0.0], -0.9808292530117263),
        // np.log(2) + st.t(4.0, 0, 2.0).logpdf(1.5)
        (scalar("HalfStudentT", &[4.0, 2.0]), &[1.5], -1.3097701474835244),
        // np.log(2) + st.t(4.0, 0, 2.0).logpdf(80.0)
        (scalar("HalfStudentT", &[4.0, 2.0]), &[80.0], -15.965732821278147),
        // st.cauchy(-1.0, 0.5).logpdf(-1000000.0)
        (scalar("Cauchy", &[-1.0, 0.5]), &[-1000000.0], -29.468896182337144),
        // st.cauchy(-1.0, 0.5).logpdf(-1.2)
        (scalar("Cauchy", &[-1.0, 0.5]), &[-1.2], -0.600002710407728),
        // st.cauchy(-1.0, 0.5).logpdf(30.0)
        (scalar("Cauchy", &[-1.0, 0.5]), &[30.0], -8.7061115872292),
        // st.halfcauchy(scale=5.0).logpdf(0.0)
        (scalar("HalfCauchy", &[5.0]), &[0.0], -2.061020617723555),
        // st.halfcauchy(scale=5.0).logpdf(4.0)
        (scalar("HalfCauchy", &[5.0]), &[4.0], -2.555716859559662),
        // st.halfcauchy(scale=5.0).logpdf(10000.0)
        (scalar("HalfCauchy", &[5.0]), &[10000.0], -17.26282578680769),
        // st.laplace(0.5, 1.5).logpdf(-20.0)
        (scalar("Laplace", &[0.5, 1.5]), &[-20.0], -14.765278955334775),
        // st.laplace(0.5, 1.5).logpdf(0.5)
        (scalar("Laplace", &[0.5, 1.5]), &[0.5], -1.0986122886681096),
        // st.laplace(0.5, 1.5).logpdf(2.0)
        (scalar("Laplace", &[0.5, 1.5]), &[2.0], -2.0986122886681096),
        // st.logistic(0.5, 1.5).logpdf(-1500.0)
        (scalar("Logistic", &[0.5, 1.5]), &[-1500.0], -1000.7387984414415),
        // st.logistic(0.5, 1.5).logpdf(0.5)
        (scalar("Logistic", &[0.5, 1.5]), &[0.5], -1.791759469228055),
        // st.logistic(0.5, 1.5).logpdf(2.0)
        (scalar("Logistic", &[0.5, 1.5]), &[2.0], -2.03198848314461),
        // st.gumbel_r(-0.5, 2.0).logpdf(-9.0)
        (scalar("Gumbel", &[-0.5, 2.0]), &[-9.0], -66.5485595272478),
        // st.gumbel_r(-0.5, 2.0).logpdf(0.5)
        (scalar("Gumbel", &[-0.5, 2.0]), &[0.5], -1.7996778402725786),
        // st.gumbel_r(-0.5, 2.0).logpdf(90.0)
        (scalar("Gumbel", &[-0.5, 2.0]), &[90.0], -45.94314718055995),
        // st.expon(scale=1 / 2.5).logpdf(0.0)
        (scalar("Exponential", &[2.5]), &[0.0], 0.916290731874155),
        // st.expon(scale=1 / 2.5).logpdf(0.7)
        (scalar("Exponential", &[2.5]), &[0.7], -0.8337092681258448),
        // st.expon(scale=1 / 2.5).logpdf(100.0)
        (scalar("Exponential", &[2.5]), &[100.0], -249.08370926812586),
        // st.uniform(-1.5, 4.0).logpdf(-1.5)
        (scalar("Uniform", &[-1.5, 2.5]), &[-1.5], -1.3862943611198906),
        // st.uniform(-1.5, 4.0).logpdf(0.7)
        (scalar("Uniform", &[-1.5, 2.5]), &[0.7], -1.3862943611198906),
        // st.uniform(-1.5, 4.0).logpdf(2.5)
        (scalar("Uniform", &[-1.5, 2.5]), &[2.5], -1.3862943611198906),
        // st.gamma(0.3, scale=1 / 2.0).logpdf(1e-09)
        (scalar("Gamma", &[0.3, 2.0]), &[1e-09], 13.618432243212395),
        // st.gamma(0.3, scale=1 / 2.0).logpdf(0.5)
        (scalar("Gamma", &[0.3, 2.0]), &[0.5], -1.4026508142581302),
        // st.gamma(0.3, scale=1 / 2.0).logpdf(40.0)
        (scalar("Gamma", &[0.3, 2.0]), &[40.0], -83.47006945852984),
        // st.gamma(250.0, scale=1 / 0.5).logpdf(480.0)
        (scalar("Gamma", &[250.0, 0.5]), &[480.0], -4.537826141394872),
        // st.invgamma(3.0, scale=2.0).logpdf(0.01)
        (scalar("InverseGamma", &[3.0, 2.0]), &[0.01], -180.19302489492776),
        // st.invgamma(3.0, scale=2.0).logpdf(0.8)
        (scalar("InverseGamma", &[3.0, 2.0]), &[0.8], -0.2211314336232707),
        // st.invgamma(3.0, scale=2.0).logpdf(10000.0)
        (scalar("InverseGamma", &[3.0, 2.0]), &[10000.0], -35.45526712678485),
        // st.beta(0.5, 3.0).logpdf(1e-09)
        (scalar("Beta", &[0.5, 3.0]), &[1e-09], 10.297094395335634),
        // st.beta(0.5, 3.0).logpdf(0.4)
        (scalar("Beta", &[0.5, 3.0]), &[0.4], -0.6280444027324751),
        // st.beta(0.5, 3.0).logpdf(0.999)
        (scalar("Beta", &[0.5, 3.0]), &[0.999], -13.879548828935052),
        // st.beta(200.0, 90.0).logpdf(0.7)
        (scalar("Beta", &[200.0, 90.0]), &[0.7], 2.6313598877205777),
        // st.weibull_min(0.7, scale=2.0).logpdf(1e-06)
        (scalar("Weibull", &[0.7, 2.0]), &[1e-06], 3.302736357078103),
        // st.weibull_min(0.7, scale=2.0).logpdf(1.0)
        (scalar("Weibull", &[0.7, 2.0]), &[1.0], -1.4574501770031523),
        // st.weibull_min(0.7, scale=2.0).logpdf(90.0)
        (scalar("Weibull", &[0.7, 2.0]), &[90.0], -16.55493990369894),
        // st.skewnorm(-3, 0.3, 2.0).logpdf(-7.5)
        (scalar("SkewNormal", &[0.3, 2.0, -3.0]), &[-7.5], -8.523938533204673),
        // st.skewnorm(-3, 0.3, 2.0).logpdf(0.3)
        (scalar("SkewNormal", &[0.3, 2.0, -3.0]), &[0.3], -1.612085713764618),
        // st.skewnorm(-3, 0.3, 2.0).logpdf(9.0)
        (scalar("SkewNormal", &[0.3, 2.0, -3.0]), &[9.0], -99.02495330385761),
        // st.laplace_asymmetric(2.0, 0.5, 1.5).logpdf(-20.0)
        (scalar("AsymmetricLaplace", &[0.5, 1.5, 2.0]), &[-20.0], -8.155089173315652),
        // st.laplace_asymmetric(2.0, 0.5, 1.5).logpdf(0.5)
        (scalar("AsymmetricLaplace", &[0.5, 1.5, 2.0]), &[0.5], -1.3217558399823195),
        // st.laplace_asymmetric(2.0, 0.5, 1.5).logpdf(3.0)
        (scalar("AsymmetricLaplace", &[0.5, 1.5, 2.0]), &[3.0], -4.655089173315653),
        // st.gennorm(0.7, 0.5, 1.5).logpdf(-20.0)
        (scalar("GeneralizedNormal", &[0.5, 1.5, 0.7]), &[-20.0], -7.571163970470946),
        // st.gennorm(0.7, 0.5, 1.5).logpdf(0.4)
        (scalar("GeneralizedNormal", &[0.5, 1.5, 0.7]), &[0.4], -1.4845580840304482),
        // st.gennorm(0.7, 0.5, 1.5).logpdf(3.0)
        (scalar("GeneralizedNormal", &[0.5, 1.5, 0.7]), &[3.0], -2.7641971927144295),
        // st.gennorm(8.0, 0.5, 1.5).logpdf(-1.0)
        (scalar("GeneralizedNormal", &[0.5, 1.5, 8.0]), &[-1.0], -2.03858910454207),
        // st.gennorm(8.0, 0.5, 1.5).logpdf(3.0)
        (scalar("GeneralizedNormal", &[0.5, 1.5, 8.0]), &[3.0], -60.57600718105483),
        // st.exponnorm(1 / 0.75, 0.4, 1.5).logpdf(-8.0)
        (scalar("ExpModNormal", &[0.4, 1.5, 0.5]), &[-8.0], -19.16396374065326),
        // st.exponnorm(1 / 0.75, 0.4, 1.5).logpdf(0.4)
        (scalar("ExpModNormal", &[0.4, 1.5, 0.5]), &[0.4], -1.8963454104796011),
        // st.exponnorm(1 / 0.75, 0.4, 1.5).logpdf(60.0)
        (scalar("ExpModNormal", &[0.4, 1.5, 0.5]), &[60.0], -30.211897180559944),
        // st.triang(0.3, -1.0, 5.0).logpdf(-0.9)
        (scalar("Triangular", &[-1.0, 0.5, 4.0]), &[-0.9], -3.6243409329763647),
        // st.triang(0.3, -1.0, 5.0).logpdf(0.5)
        (scalar("Triangular", &[-1.0, 0.5, 4.0]), &[0.5], -0.916290731874155),
        // st.triang(0.3, -1.0, 5.0).logpdf(3.0)
        (scalar("Triangular", &[-1.0, 0.5, 4.0]), &[3.0], -2.169053700369523),
        // st.triang(0.0, 1.0, 2.0).logpdf(1.0)
        (scalar("Triangular", &[1.0, 1.0, 3.0]), &[1.0], 0.0),
        // st.triang(0.0, 1.0, 2.0).logpdf(2.5)
        (scalar("Triangular", &[1.0, 1.0, 3.0]), &[2.5], -1.3862943611198906),
        // st.triang(1.0, 1.0, 2.0).logpdf(1.5)
        (scalar("Triangular", &[1.0, 3.0, 3.0]), &[1.5], -1.3862943611198906),
        // st.triang(1.0, 1.0, 2.0).logpdf(3.0)
        (scalar("Triangular", &[1.0, 3.0, 3.0]), &[3.0], 0.0),
        // st.loguniform(0.2, 30.0).logpdf(0.2)
        (scalar("LogUniform", &[0.2, 30.0]), &[0.2], -0.002124799832405655),
        // st.loguniform(0.2, 30.0).logpdf(1.0)
        (scalar("LogUniform", &[0.2, 30.0]), &[1.0], -1.611562712266506),
        // st.loguniform(0.2, 30.0).logpdf(29.0)
        (scalar("LogUniform", &[0.2, 30.0]), &[29.0], -4.97885854225298),
        // st.chi2(3.0).logpdf(1e-09)
        (scalar("ChiSquared", &[3.0]), &[1e-09], -11.280571452177877),
        // st.chi2(3.0).logpdf(2.0)
        (scalar("ChiSquared", &[3.0]), &[2.0], -1.5723649429247),
        // st.chi2(3.0).logpdf(90.0)
        (scalar("ChiSquared", &[3.0]), &[90.0], -43.66903369803954),
        // st.invgamma(1.5, scale=0.5).logpdf(0.01)
        (scalar("InvChiSquared", &[3.0]), &[0.01], -39.406013068234444),
        // st.invgamma(1.5, scale=0.5).logpdf(2.0)
        (scalar("InvChiSquared", &[3.0]), &[2.0], -2.9018064846045357),
        // st.invgamma(1.5, scale=0.5).logpdf(9000.0)
        (scalar("InvChiSquared", &[3.0]), &[9000.0], -23.68144372955612),
        // st.invgamma(2.5, scale=10.0).logpdf(0.1)
        (scalar("ScaledInvChiSquared", &[5.0, 2.0]), &[0.1], -86.46917231250865),
        // st.invgamma(2.5, scale=10.0).logpdf(3.0)
        (scalar("ScaledInvChiSquared", &[5.0, 2.0]), &[3.0], -1.706696481659522),
        // st.invgamma(2.5, scale=10.0).logpdf(9000.0)
        (scalar("ScaledInvChiSquared", &[5.0, 2.0]), &[9000.0], -26.396760746213168),
        // st.rayleigh(scale=2.0).logpdf(1e-06)
        (scalar("Rayleigh", &[2.0]), &[1e-06], -15.201804919084289),
        // st.rayleigh(scale=2.0).logpdf(1.5)
        (scalar("Rayleigh", &[2.0]), &[1.5], -1.2620792530117262),
        // st.rayleigh(scale=2.0).logpdf(50.0)
        (scalar("Rayleigh", &[2.0]), &[50.0], -309.97427135569177),
        // st.fisk(3.0, scale=2.0).logpdf(1e-06)
        (scalar("LogLogistic", &[2.0, 3.0]), &[1e-06], -28.61185036894027),
        // st.fisk(3.0, scale=2.0).logpdf(1.5)
        (scalar("LogLogistic", &[2.0, 3.0]), &[1.5], -0.8738518831097538),
        // st.fisk(3.0, scale=2.0).logpdf(500.0)
        (scalar("LogLogistic", &[2.0, 3.0]), &[500.0], -21.680378691340813),
        // st.invweibull(3.0, scale=2.0).logpdf(0.5)
        (scalar("Frechet", &[3.0, 2.0]), &[0.5], -58.04935744741228),
        // st.invweibull(3.0, scale=2.0).logpdf(1.5)
        (scalar("Frechet", &[3.0, 2.0]), &[1.5], -0.8141769724550821),
        // st.invweibull(3.0, scale=2.0).logpdf(500.0)
        (scalar("Frechet", &[3.0, 2.0]), &[500.0], -21.68037862734082),
        // st.pareto(1.5, scale=2.0).logpdf(2.0)
        (scalar("Pareto", &[2.0, 1.5]), &[2.0], -0.2876820724517809),
        // st.pareto(1.5, scale=2.0).logpdf(3.0)
        (scalar("Pareto", &[2.0, 1.5]), &[3.0], -1.3013448427221919),
        // st.pareto(1.5, scale=2.0).logpdf(1000000.0)
        (scalar("Pareto", &[2.0, 1.5]), &[1000000.0], -33.0935905159626),
        // st.lomax(1.5, -1.0, 2.0).logpdf(-1.0)
        (scalar("ParetoType2", &[-1.0, 2.0, 1.5]), &[-1.0], -0.2876820724517809),
        // st.lomax(1.5, -1.0, 2.0).logpdf(3.0)
        (scalar("ParetoType2", &[-1.0, 2.0, 1.5]), &[3.0], -3.0342127941220554),
        // st.lomax(1.5, -1.0, 2.0).logpdf(1000000.0)
        (scalar("ParetoType2", &[-1.0, 2.0, 1.5]), &[1000000.0], -33.09359801595135),
        // st.levy(0.5, 2.0).logpdf(0.51)
        (scalar("Levy", &[0.5, 2.0]), &[0.51], -93.66460966394249),
        // st.levy(0.5, 2.0).logpdf(3.0)
        (scalar("Levy", &[0.5, 2.0]), &[3.0], -2.346801040735933),
        // st.levy(0.5, 2.0).logpdf(1000000.0)
        (scalar("Levy", &[0.5, 2.0]), &[1000000.0], -21.295631029871423),
        // st.beta(2.0, 8.0).logpdf(1e-09)
        (scalar("BetaProportion", &[0.2, 10.0]), &[1e-09], -16.446599724930355),
        // st.beta(2.0, 8.0).logpdf(0.3)
        (scalar("BetaProportion", &[0.2, 10.0]), &[0.3], 0.5759687071189923),
        // st.beta(2.0, 8.0).logpdf(0.999)
        (scalar("BetaProportion", &[0.2, 10.0]), &[0.999], -44.078621334192476),
        // st.norm(0.4, 1.3).logpdf(logit(1e-06)) - np.log(1e-06) - np.log1p(-1e-06)
        (scalar("LogitNormal", &[0.4, 1.3]), &[1e-06], -47.15298413691431),
        // st.norm(0.4, 1.3).logpdf(logit(0.3)) - np.log(0.3) - np.log1p(-0.3)
        (scalar("LogitNormal", &[0.4, 1.3]), &[0.3], -0.08093669216681365),
        // st.norm(0.4, 1.3).logpdf(logit(0.9999)) - np.log(0.9999) - np.log1p(-0.9999)
        (scalar("LogitNormal", &[0.4, 1.3]), &[0.9999], -14.935458670367925),
        // np.log(1.5) - 0.5 * np.log(1e-09) + 2.0 * np.log1p(-1e-09 ** 0.5)
        (scalar("Kumaraswamy", &[0.5, 3.0]), &[1e-09], 10.767034780028144),
        // np.log(1.5) - 0.5 * np.log(0.4) + 2.0 * np.log1p(-0.4 ** 0.5)
        (scalar("Kumaraswamy", &[0.5, 3.0]), &[0.4], -1.1382114587155574),
        // np.log(1.5) - 0.5 * np.log(0.999) + 2.0 * np.log1p(-0.999 ** 0.5)
        (scalar("Kumaraswamy", &[0.5, 3.0]), &[0.999], -14.795339373205143),
        // st.bernoulli(0.3).logpmf(0.0)
        (scalar("Bernoulli", &[0.3]), &[0.0], -0.35667494393873245),
        // st.bernoulli(0.3).logpmf(1.0)
        (scalar("Bernoulli", &[0.3]), &[1.0], -1.2039728043259361),
        // -np.logaddexp(0, -(2 * 0.0 - 1) * -40.0)
        (scalar("Bernoulli", &[-40.0]).form(1), &[0.0], -4.248354255291589e-18),
        // -np.logaddexp(0, -(2 * 1.0 - 1) * -40.0)
        (scalar("Bernoulli", &[-40.0]).form(1), &[1.0], -40.0),
        // st.binom(12, 0.35).logpmf(0.0)
        (scalar("Binomial", &[12.0, 0.35]), &[0.0], -5.169394993109451),
        // st.binom(12, 0.35).logpmf(5.0)
        (scalar("Binomial", &[12.0, 0.35]), &[5.0], -1.5900296433261438),
        // st.binom(12, 0.35).logpmf(12.0)
        (scalar("Binomial", &[12.0, 0.35]), &[12.0], -12.597865493984134),
        // st.binom(12, 1 / (1 + np.exp(-0.8))).logpmf(7.0)
        (scalar("Binomial", &[12.0, 0.8]).form(1), &[7.0], -1.7786465995589076),
        // st.poisson(3.7).logpmf(0.0)
        (scalar("Poisson", &[3.7]), &[0.0], -3.7),
        // st.poisson(3.7).logpmf(4.0)
        (scalar("Poisson", &[3.7]), &[4.0], -1.6447225517472304),
        // st.poisson(3.7).logpmf(200.0)
        (scalar("Poisson", &[3.7]), &[200.0], -605.2654232623697),
        // st.poisson(np.exp(2.0)).logpmf(9.0)
        (scalar("Poisson", &[2.0]).form(1), &[9.0], -2.1908835790121195),
        // st.nbinom(1.5, 1.5 / (1.5 + 6.0)).logpmf(0.0)
        (scalar("NegativeBinomial", &[6.0, 1.5]), &[0.0], -2.4141568686511503),
        // st.nbinom(1.5, 1.5 / (1.5 + 6.0)).logpmf(7.0)
        (scalar("NegativeBinomial", &[6.0, 1.5]), &[7.0], -2.831273593979791),
        // st.nbinom(1.5, 1.5 / (1.5 + 6.0)).logpmf(90.0)
        (scalar("NegativeBinomial", &[6.0, 1.5]), &[90.0], -20.12223811549863),
        // st.nbinom(4.0, 4.0 / (4.0 + np.exp(1.0))).logpmf(3.0)
        (scalar("NegativeBinomial", &[1.0, 4.0]).form(1), &[3.0], -1.7929173728475818),
        // st.geom(0.3, loc=-1).logpmf(0.0)
        (scalar("Geometric", &[0.3]), &[0.0], -1.2039728043259361),
        // st.geom(0.3, loc=-1).logpmf(1.0)
        (scalar("Geometric", &[0.3]), &[1.0], -1.5606477482646686),
        // st.geom(0.3, loc=-1).logpmf(25.0)
        (scalar("Geometric", &[0.3]), &[25.0], -10.120846402794246),
        // st.geom(1 / (1 + np.exp(1.5)), loc=-1).logpmf(6.0)
        (scalar("Geometric", &[-1.5]).form(1), &[6.0], -2.9098929458792666),
        // np.log(np.exp([0.5, -1.0, 3.0]) / np.exp([0.5, -1.0, 3.0]).sum())[int(0.0)]
        (vector("Categorical", &[&[0.5, -1.0, 3.0]]), &[0.0], -2.5956743294143823),
        // np.log(np.exp([0.5, -1.0, 3.0]) / np.exp([0.5, -1.0, 3.0]).sum())[int(1.0)]
        (vector("Categorical", &[&[0.5, -1.0, 3.0]]), &[1.0], -4.095674329414383),
        // np.log(np.exp([0.5, -1.0, 3.0]) / np.exp([0.5, -1.0, 3.0]).sum())[int(2.0)]
        (vector("Categorical", &[&[0.5, -1.0, 3.0]]), &[2.0], -0.09567432941438238),
        // np.log([0.2, 0.7, 0.1])[int(1.0)]
        (vector("Categorical", &[&[0.2, 0.7, 0.1]]).form(1), &[1.0], -0.35667494393873245),
        // st.multinomial(9, [0.2, 0.5, 0.3]).logpmf([4, 3, 2])
        (vector("Multinomial", &[&[9.0], &[0.2, 0.5, 0.3]]), &[4.0, 3.0, 2.0], -3.786271800122586),
        // st.multinomial(9, [0.2, 0.5, 0.3]).logpmf([0, 0, 9])
        (vector("Multinomial", &[&[9.0], &[0.2, 0.5, 0.3]]), &[0.0, 0.0, 9.0], -10.835755238933425),
        // st.multinomial(9, [0.2, 0.5, 0.3]).logpmf([9, 0, 0])
        (vector("Multinomial", &[&[9.0], &[0.2, 0.5, 0.3]]), &[9.0, 0.0, 0.0], -14.484941211906902),
        // st.dirichlet([0.5, 2.0, 7.0]).logpdf([0.2, 0.5, 0.3])
        (vector("Dirichlet", &[&[0.5, 2.0, 7.0]]), &[0.2, 0.5, 0.3], -2.574547784436046),
        // st.dirichlet([0.5, 2.0, 7.0]).logpdf([1e-06, 0.4, 0.599999])
        (vector("Dirichlet", &[&[0.5, 2.0, 7.0]]), &[1e-06, 0.4, 0.599999], 7.4642180703661705),
        // st.dirichlet([0.5, 2.0, 7.0]).logpdf([0.9, 0.05, 0.05])
        (vector("Dirichlet", &[&[0.5, 2.0, 7.0]]), &[0.9, 0.05, 0.05], -16.379728391186553),
        // st.multivariate_normal([0.5, -1.0], np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, -0.7], [0, 0.4]])).logpdf([0.0, 0.0])
        (vector("MvNormal", &[&[0.5, -1.0], &[1.5, 0.0, -0.7, 0.4]]), &[0.0, 0.0], -3.219412553754465),
        // st.multivariate_normal([0.5, -1.0], np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, -0.7], [0, 0.4]])).logpdf([1.0, -2.0])
        (vector("MvNormal", &[&[0.5, -1.0], &[1.5, 0.0, -0.7, 0.4]]), &[1.0, -2.0], -3.219412553754465),
        // st.multivariate_normal([0.5, -1.0], np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, -0.7], [0, 0.4]])).logpdf([30.0, 5.0])
        (vector("MvNormal", &[&[0.5, -1.0], &[1.5, 0.0, -0.7, 0.4]]), &[30.0, 5.0], -1415.7194125537528),
        // np.log(1.0) * -1000000000.0
        (scalar("Flat", &[]), &[-1000000000.0], -0.0),
        // np.log(1.0) * 0.0
        (scalar("Flat", &[]), &[0.0], 0.0),
        // np.log(1.0) * 3.0
        (scalar("Flat", &[]), &[3.0], 0.0),
        // np.log(1.0) * 1e-09
        (scalar("HalfFlat", &[]), &[1e-09], 0.0),
        // np.log(1.0) * 1.0
        (scalar("HalfFlat", &[]), &[1.0], 0.0),
        // np.log(1.0) * 3000000000.0
        (scalar("HalfFlat", &[]), &[3000000000.0], 0.0),
        // st.truncnorm(-0.15, np.inf, 0.3, 2.0).logpdf(0.0)
        (wrap("Truncated", &[&[0.0]], scalar("Normal", &[0.3, 2.0])).form(1), &[0.0], -1.0428342931752481),
        // st.truncnorm(-0.15, np.inf, 0.3, 2.0).logpdf(1.0)
        (wrap("Truncated", &[&[0.0]], scalar("Normal", &[0.3, 2.0])).form(1), &[1.0], -1.0928342931752484),
        // st.truncnorm(-0.15, np.inf, 0.3, 2.0).logpdf(9.0)
        (wrap("Truncated", &[&[0.0]], scalar("Normal", &[0.3, 2.0])).form(1), &[9.0], -10.492834293175246),
        // st.norm.logpdf(8.1) - log_ndtr(-8.0) - np.log1p(-np.exp(log_ndtr(-9.0) - log_ndtr(-8.0)))
        (wrap("Truncated", &[&[8.0], &[9.0]], scalar("Normal", &[0.0, 1.0])), &[8.1], 1.289680060232484),
        // st.truncexpon(1.4, scale=1 / 0.7).logpdf(1.5)
        (wrap("Truncated", &[&[2.0]], scalar("Exponential", &[0.7])).form(2), &[1.5], -1.1235199900158053),
        // np.log(2) + st.norm(0.5, 4.0).logpdf([-1.0, 0.5]).sum()
        (wrap("Ordered", &[], scalar("Normal", &[0.5, 4.0])).sized(2), &[-1.0, 0.5], -3.9876311080891806),
        // np.log(2) + st.norm(0.5, 4.0).logpdf([2.0, 2.5]).sum()
        (wrap("Ordered", &[], scalar("Normal", &[0.5, 4.0])).sized(2), &[2.0, 2.5], -4.112631108089181),
        // np.log(2) + st.norm(0.5, 4.0).logpdf([-9.0, 30.0]).sum()
        (wrap("Ordered", &[], scalar("Normal", &[0.5, 4.0])).sized(2), &[-9.0, 30.0], -33.93294360808918),
        // np.log(0.3 * st.norm(-2.0).pdf(-2.0) + 0.7 * st.norm(3.0).pdf(-2.0))
        (wrap("Mixture", &[&[0.3, 0.7]], vector("Normal", &[&[-2.0, 3.0], &[1.0]])), &[-2.0], -2.1229026420443464),
        // np.log(0.3 * st.norm(-2.0).pdf(0.5) + 0.7 * st.norm(3.0).pdf(0.5))
        (wrap("Mixture", &[&[0.3, 0.7]], vector("Normal", &[&[-2.0, 3.0], &[1.0]])), &[0.5], -4.043938533204673),
        // np.log(0.3 * st.norm(-2.0).pdf(9.0) + 0.7 * st.norm(3.0).pdf(9.0))
        (wrap("Mixture", &[&[0.3, 0.7]], vector("Normal", &[&[-2.0, 3.0], &[1.0]])), &[9.0], -19.275613477143406),
        // st.betabinom(12, 0.7, 3.0).logpmf(0.0)
        (scalar("BetaBinomial", &[12.0, 0.7, 3.0]), &[0.0], -1.153742170809278),
        // st.betabinom(12, 0.7, 3.0).logpmf(5.0)
        (scalar("BetaBinomial", &[12.0, 0.7, 3.0]), &[5.0], -2.84547407315215),
        // st.betabinom(12, 0.7, 3.0).logpmf(12.0)
        (scalar("BetaBinomial", &[12.0, 0.7, 3.0]), &[12.0], -6.679640239949594),
        // st.betanbinom(3, 4.0, 2.5).logpmf(0.0)
        (scalar("BetaNegativeBinomial", &[3.0, 4.0, 2.5]), &[0.0], -1.2392796181580814),
        // st.betanbinom(3, 4.0, 2.5).logpmf(5.0)
        (scalar("BetaNegativeBinomial", &[3.0, 4.0, 2.5]), &[5.0], -3.1185082350406614),
        // st.betanbinom(3, 4.0, 2.5).logpmf(400.0)
        (scalar("BetaNegativeBinomial", &[3.0, 4.0, 2.5]), &[400.0], -20.57312370305948),
        // st.hypergeom(11, 5, 8).logpmf(2.0)
        (scalar("Hypergeometric", &[8.0, 5.0, 6.0]), &[2.0], -2.803360380906535),
        // st.hypergeom(11, 5, 8).logpmf(4.0)
        (scalar("Hypergeometric", &[8.0, 5.0, 6.0]), &[4.0], -0.7884573603642697),
        // st.hypergeom(11, 5, 8).logpmf(5.0)
        (scalar("Hypergeometric", &[8.0, 5.0, 6.0]), &[5.0], -2.1102132003465903),
        // st.randint(2, 8).logpmf(2.0)
        (scalar("DiscreteUniform", &[2.0, 7.0]), &[2.0], -1.791759469228055),
        // st.randint(2, 8).logpmf(5.0)
        (scalar("DiscreteUniform", &[2.0, 7.0]), &[5.0], -1.791759469228055),
        // st.randint(2, 8).logpmf(7.0)
        (scalar("DiscreteUniform", &[2.0, 7.0]), &[7.0], -1.791759469228055),
        // st.dlaplace(0.5).logpmf(-40.0)
        (scalar("DiscreteLaplace", &[2.0]), &[-40.0], -21.406829113747296),
        // st.dlaplace(0.5).logpmf(0.0)
        (scalar("DiscreteLaplace", &[2.0]), &[0.0], -1.4068291137472952),
        // st.dlaplace(0.5).logpmf(3.0)
        (scalar("DiscreteLaplace", &[2.0]), &[3.0], -2.9068291137472952),
        // st.multinomial(1, [0.2, 0.7, 0.1]).logpmf([1, 0, 0])
        (vector("OneHotCategorical", &[&[0.2, 0.7, 0.1]]).form(1), &[1.0, 0.0, 0.0], -1.6094379124341003),
        // st.multinomial(1, [0.2, 0.7, 0.1]).logpmf([0, 1, 0])
        (vector("OneHotCategorical", &[&[0.2, 0.7, 0.1]]).form(1), &[0.0, 1.0, 0.0], -0.35667494393873245),
        // st.multinomial(1, [0.2, 0.7, 0.1]).logpmf([0, 0, 1])
        (vector("OneHotCategorical", &[&[0.2, 0.7, 0.1]]).form(1), &[0.0, 0.0, 1.0], -2.3025850929940455),
        // log of the sum over orders of the product of shares, mpmath
        (vector("Subset", &[&[0.3, -1.0, 0.7], &[2.0]]), &[1.0, 0.0, 1.0], -0.31476895686770146),
        // log of the sum over orders of the product of shares, mpmath
        (vector("Subset", &[&[0.3, -1.0, 0.7], &[2.0]]), &[1.0, 1.0, 0.0], -2.3492368321648205),
        // log of the sum over orders of the product of shares, mpmath
        (vector("Subset", &[&[9.0, -8.0, 0.5], &[2.0]]), &[0.0, 1.0, 1.0], -24.807158047867128),
        // log of the sum over orders of the product of shares, mpmath
        (vector("Subset", &[&[30.0, -30.0, 1.0, 0.0, -2.0], &[2.0]]), &[0.0, 1.0, 0.0, 0.0, 1.0], -91.30685281944077),
        // log of the product of shares among those not yet placed, mpmath
        (vector("PlackettLuce", &[&[0.3, -1.0, 0.7]]), &[1.0, 3.0, 2.0], -1.1845939033408296),
        // log of the product of shares among those not yet placed, mpmath
        (vector("PlackettLuce", &[&[0.3, -1.0, 0.7]]), &[2.0, 1.0, 3.0], -3.2298231263545163),
        // log of the product of shares among those not yet placed, mpmath
        (vector("PlackettLuce", &[&[4.0, 0.0, -9.0]]), &[3.0, 2.0, 1.0], -17.036302075507804),
        // log of the product of shares among the columns left, decimal with 40 digits
        (vector("Permutation", &[&[0.3, -1.0, 0.7, 0.0, 2.0, -0.5, 1.0, 0.2, -3.0]]).sized(3), &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], -1.0956976082471133),
        // log of the product of shares among the columns left, decimal with 40 digits
        (vector("Permutation", &[&[0.3, -1.0, 0.7, 0.0, 2.0, -0.5, 1.0, 0.2, -3.0]]).sized(3), &[0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0], -2.743735884997536),
        // log of the product of shares among the columns left, decimal with 40 digits
        (vector("Permutation", &[&[9.0, -8.0, 0.5, 30.0, -30.0, 1.0, 0.0, 0.0, 0.0]]).sized(3), &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0], -31.000203489063118),
        // log of the product of shares among the columns left, decimal with 40 digits
        (vector("Permutation", &[&[9.0, -8.0, 0.5, 30.0, -30.0, 1.0, 0.0, 0.0, 0.0]]).sized(3), &[0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0], -17.00020348906334),
        // st.dirichlet_multinomial([0.5, 2.0, 7.0], 9).logpmf([4, 3, 2])
        (vector("DirichletMultinomial", &[&[9.0], &[0.5, 2.0, 7.0]]), &[4.0, 3.0, 2.0], -7.030338207133184),
        // st.dirichlet_multinomial([0.5, 2.0, 7.0], 9).logpmf([0, 0, 9])
        (vector("DirichletMultinomial", &[&[9.0], &[0.5, 2.0, 7.0]]), &[0.0, 0.0, 9.0], -1.9339621842487524),
        // st.dirichlet_multinomial([0.5, 2.0, 7.0], 9).logpmf([9, 0, 0])
        (vector("DirichletMultinomial", &[&[9.0], &[0.5, 2.0, 7.0]]), &[9.0, 0.0, 0.0], -12.137013878206977),
        // st.multivariate_t([0.5, -1.0], np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, -0.7], [0, 0.4]]), 3.5).logpdf([0.0, 0.0])
        (vector("MvStudentT", &[&[3.5], &[0.5, -1.0], &[1.5, 0.0, -0.7, 0.4]]), &[0.0, 0.0], -3.3428463785369074),
        // st.multivariate_t([0.5, -1.0], np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, -0.7], [0, 0.4]]), 3.5).logpdf([1.0, -2.0])
        (vector("MvStudentT", &[&[3.5], &[0.5, -1.0], &[1.5, 0.0, -0.7, 0.4]]), &[1.0, -2.0], -3.3428463785369074),
        // st.multivariate_t([0.5, -1.0], np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, -0.7], [0, 0.4]]), 3.5).logpdf([30.0, 5.0])
        (vector("MvStudentT", &[&[3.5], &[0.5, -1.0], &[1.5, 0.0, -0.7, 0.4]]), &[30.0, 5.0], -19.741260494267816),
        // st.norm(0, 0.5).logpdf([0.0, 0.0][0]) + st.norm(0, 2.0).logpdf(np.diff([0.0, 0.0])[0])
        (vector("GaussianRandomWalk", &[&[0.5, 2.0]]), &[0.0, 0.0], -1.8378770664093453),
        // st.norm(0, 0.5).logpdf([1.0, -2.0][0]) + st.norm(0, 2.0).logpdf(np.diff([1.0, -2.0])[0])
        (vector("GaussianRandomWalk", &[&[0.5, 2.0]]), &[1.0, -2.0], -4.962877066409345),
        // st.norm(0, 0.5).logpdf([30.0, 5.0][0]) + st.norm(0, 2.0).logpdf(np.diff([30.0, 5.0])[0])
        (vector("GaussianRandomWalk", &[&[0.5, 2.0]]), &[30.0, 5.0], -1879.9628770664094),
        // np.log(0.2 * (0.0 == 0) + 0.8 * st.poisson(3.0).pmf(0.0))
        (wrap("ZeroInflated", &[&[0.2]], scalar("Poisson", &[3.0])), &[0.0], -1.4278263797547401),
        // np.log(0.2 * (4.0 == 0) + 0.8 * st.poisson(3.0).pmf(4.0))
        (wrap("ZeroInflated", &[&[0.2]], scalar("Poisson", &[3.0])), &[4.0], -2.0067482269897163),
        // np.log(0.2 * (20.0 == 0) + 0.8 * st.poisson(3.0).pmf(20.0))
        (wrap("ZeroInflated", &[&[0.2]], scalar("Poisson", &[3.0])), &[20.0], -23.586514238705497),
        // np.log(expit(-1.0) * (0.0 == 0) + expit(1.0) * st.binom(10, 0.2).pmf(0.0))
        (wrap("ZeroInflated", &[&[-1.0]], scalar("Binomial", &[10.0, 0.2])).form(1), &[0.0], -1.057168360602356),
        // np.log(expit(-1.0) * (4.0 == 0) + expit(1.0) * st.binom(10, 0.2).pmf(4.0))
        (wrap("ZeroInflated", &[&[-1.0]], scalar("Binomial", &[10.0, 0.2])).form(1), &[4.0], -2.7427671144224153),
        // np.log(0.2 if 0.0 == 0 else 0.8 * st.poisson(0.01).pmf(0.0) / -np.expm1(-0.01))
        (wrap("Hurdle", &[&[0.2]], scalar("Poisson", &[0.01])), &[0.0], -1.6094379124341003),
        // np.log(0.2 if 1.0 == 0 else 0.8 * st.poisson(0.01).pmf(1.0) / -np.expm1(-0.01))
        (wrap("Hurdle", &[&[0.2]], scalar("Poisson", &[0.01])), &[1.0], -0.2281477179774037),
        // np.log(0.2 if 4.0 == 0 else 0.8 * st.poisson(0.01).pmf(4.0) / -np.expm1(-0.01))
        (wrap("Hurdle", &[&[0.2]], scalar("Poisson", &[0.01])), &[4.0], -17.221712106289623),
        // np.log(expit(-1.0) if 0.0 == 0 else expit(1.0) * st.nbinom(1.5, 0.2).pmf(0.0) / (1 - 0.2 ** 1.5))
        (wrap("Hurdle", &[&[-1.0]], scalar("NegativeBinomial", &[6.0, 1.5])).form(1), &[0.0], -1.3132616875182228),
        // np.log(expit(-1.0) if 7.0 == 0 else expit(1.0) * st.nbinom(1.5, 0.2).pmf(7.0) / (1 - 0.2 ** 1.5))
        (wrap("Hurdle", &[&[-1.0]], scalar("NegativeBinomial", &[6.0, 1.5])).form(1), &[7.0], -3.050836811181914),
        // st.vonmises(2.0, 0.5).logpdf(-3.0)
        (scalar("VonMises", &[0.5, 2.0]), &[-3.0], -4.534783982473894),
        // st.vonmises(2.0, 0.5).logpdf(0.5)
        (scalar("VonMises", &[0.5, 2.0]), &[0.5], -0.6618706078923016),
        // st.vonmises(2.0, 0.5).logpdf(3.0)
        (scalar("VonMises", &[0.5, 2.0]), &[3.0], -4.2641578389861685),
        // st.vonmises(400.0, 0.5).logpdf(-0.1)
        (scalar("VonMises", &[0.5, 400.0]), &[-0.1], -67.78927318742561),
        // st.vonmises(400.0, 0.5).logpdf(0.5)
        (scalar("VonMises", &[0.5, 400.0]), &[0.5], 2.076480848703078),
        // float(mp.log(mp.besseli(4.0, 2 * mp.sqrt(mpf(3.0) * 2.0))) + -4.0 / 2 * mp.log(mpf(3.0) / 2.0)) - 3.0 - 2.0
        (scalar("Skellam", &[3.0, 2.0]), &[-4.0], -4.304082889754552),
        // float(mp.log(mp.besseli(0.0, 2 * mp.sqrt(mpf(3.0) * 2.0))) + 0.0 / 2 * mp.log(mpf(3.0) / 2.0)) - 3.0 - 2.0
        (scalar("Skellam", &[3.0, 2.0]), &[0.0], -1.7854481126341457),
        // float(mp.log(mp.besseli(60.0, 2 * mp.sqrt(mpf(3.0) * 2.0))) + 60.0 / 2 * mp.log(mpf(3.0) / 2.0)) - 3.0 - 2.0
        (scalar("Skellam", &[3.0, 2.0]), &[60.0], -127.61315330862541),
        // float(mp.log(mp.besseli(0.0, 2 * mp.sqrt(mpf(0.001) * 5.0))) + 0.0 / 2 * mp.log(mpf(0.001) / 5.0)) - 0.001 - 5.0
        (scalar("Skellam", &[0.001, 5.0]), &[0.0], -4.99600623614682),
        // float(mp.log(mp.besseli(3.0, 2 * mp.sqrt(mpf(0.001) * 5.0))) + 3.0 / 2 * mp.log(mpf(0.001) / 5.0)) - 0.001 - 5.0
        (scalar("Skellam", &[0.001, 5.0]), &[3.0], -27.51477546238108),
        // float(mp.log(mp.besseli(90.0, 2 * mp.sqrt(mpf(60.0) * 41.0))) + -90.0 / 2 * mp.log(mpf(60.0) / 41.0)) - 60.0 - 41.0
        (scalar("Skellam", &[60.0, 41.0]), &[-90.0], -60.84653847694731),
        // float(mp.log(mp.besseli(0.0, 2 * mp.sqrt(mpf(60.0) * 41.0))) + 0.0 / 2 * mp.log(mpf(60.0) / 41.0)) - 60.0 - 41.0
        (scalar("Skellam", &[60.0, 41.0]), &[0.0], -5.019450598599718),
        // float(mp.log(mp.besseli(25.0, 2 * mp.sqrt(mpf(60.0) * 41.0))) + 25.0 / 2 * mp.log(mpf(60.0) / 41.0)) - 60.0 - 41.0
        (scalar("Skellam", &[60.0, 41.0]), &[25.0], -3.409290314346947),
        // float(mp.log(mp.besseli(4000.0, 2 * mp.sqrt(mpf(9000.0) * 4000.0))) + -4000.0 / 2 * mp.log(mpf(9000.0) / 4000.0)) - 9000.0 - 4000.0
        (scalar("Skellam", &[9000.0, 4000.0]), &[-4000.0], -3288.191994099405),
        // float(mp.log(mp.besseli(0.0, 2 * mp.sqrt(mpf(9000.0) * 4000.0))) + 0.0 / 2 * mp.log(mpf(9000.0) / 4000.0)) - 9000.0 - 4000.0
        (scalar("Skellam", &[9000.0, 4000.0]), &[0.0], -1005.6152590804886),
        // float(mp.log(mp.besseli(5000.0, 2 * mp.sqrt(mpf(9000.0) * 4000.0))) + 5000.0 / 2 * mp.log(mpf(9000.0) / 4000.0)) - 9000.0 - 4000.0
        (scalar("Skellam", &[9000.0, 4000.0]), &[5000.0], -5.655283606616649),
        // st.logistic.logcdf(-1.3)
        (vector("OrderedLogistic", &[&[0.3], &[-1.0, 0.5, 4.0]]).sized(4), &[0.0], -1.5410084538329922),
        // np.log(st.logistic.cdf(0.2) - st.logistic.cdf(-1.3))
        (vector("OrderedLogistic", &[&[0.3], &[-1.0, 0.5, 4.0]]).sized(4), &[1.0], -1.091629782140038),
        // np.log(st.logistic.sf(0.2) - st.logistic.sf(3.7))
        (vector("OrderedLogistic", &[&[0.3], &[-1.0, 0.5, 4.0]]).sized(4), &[2.0], -0.8532244315708305),
        // st.logistic.logsf(3.7)
        (vector("OrderedLogistic", &[&[0.3], &[-1.0, 0.5, 4.0]]).sized(4), &[3.0], -3.724422845933779),
        // st.norm.logcdf(-1.3)
        (vector("OrderedProbit", &[&[0.3], &[-1.0, 0.5, 4.0]]).sized(4), &[0.0], -2.335103278662442),
        // np.log(st.norm.cdf(0.2) - st.norm.cdf(-1.3))
        (vector("OrderedProbit", &[&[0.3], &[-1.0, 0.5, 4.0]]).sized(4), &[1.0], -0.728858869849768),
        // np.log(st.norm.sf(0.2) - st.norm.sf(3.7))
        (vector("OrderedProbit", &[&[0.3], &[-1.0, 0.5, 4.0]]).sized(4), &[2.0], -0.8659957699395335),
        // st.norm.logsf(3.7)
        (vector("OrderedProbit", &[&[0.3], &[-1.0, 0.5, 4.0]]).sized(4), &[3.0], -9.135235371872877),
        // (2 - 2 + 1.0) * np.log(0.8) - ((2 - 1) / 2 * np.log(np.pi) + multigammaln(1.5 + 0.0, 2 - 1) - (2 - 1) * gammaln(1.5 + (2 - 1) / 2))
        (vector("LKJCholesky", &[&[1.5]]).sized(2), &[1.0, 0.0, 0.6, 0.8], -0.6747262566036645),
        // (2 - 2 + 1.0) * np.log(0.96) - ((2 - 1) / 2 * np.log(np.pi) + multigammaln(1.5 + 0.0, 2 - 1) - (2 - 1) * gammaln(1.5 + (2 - 1) / 2))
        (vector("LKJCholesky", &[&[1.5]]).sized(2), &[1.0, 0.0, -0.28, 0.96], -0.49240469980970997),
        // (2 - 2 + 1.0) * np.log(1.0) - ((2 - 1) / 2 * np.log(np.pi) + multigammaln(1.5 + 0.0, 2 - 1) - (2 - 1) * gammaln(1.5 + (2 - 1) / 2))
        (vector("LKJCholesky", &[&[1.5]]).sized(2), &[1.0, 0.0, 0.0, 1.0], -0.4515827052894548),
        // (3 - 2 + 1.0) * np.log(0.8) + (3 - 3 + 1.0) * np.log(0.8) - ((3 - 1) / 2 * np.log(np.pi) + multigammaln(1.5 + 0.5, 3 - 1) - (3 - 1) * gammaln(1.5 + (3 - 1) / 2))
        (vector("LKJCholesky", &[&[1.5]]).sized(3), &[1.0, 0.0, 0.0, 0.6, 0.8, 0.0, 0.0, -0.6, 0.8], -1.6963775041356457),
        // st.wishart(4.5, np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, 0], [-0.7, 0.4]]).T).logpdf(np.array([[0.5, 0], [0.3, 2.0]]) @ np.array([[0.5, 0], [0.3, 2.0]]).T) + 2 * np.log(2) + 2 * np.log(0.5) + np.log(2.0)
        (vector("WishartCholesky", &[&[4.5], &[1.5, 0.0, -0.7, 0.4]]).sized(2), &[0.5, 0.0, 0.3, 2.0], -14.184579806253895),
        // st.invwishart(4.5, np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, 0], [-0.7, 0.4]]).T).logpdf(np.array([[0.5, 0], [0.3, 2.0]]) @ np.array([[0.5, 0], [0.3, 2.0]]).T) + 2 * np.log(2) + 2 * np.log(0.5) + np.log(2.0)
        (vector("InvWishartCholesky", &[&[4.5], &[1.5, 0.0, -0.7, 0.4]]).sized(2), &[0.5, 0.0, 0.3, 2.0], -10.177565975703375),
        // st.wishart(4.5, np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, 0], [-0.7, 0.4]]).T).logpdf(np.array([[1.0, 0], [-4.0, 0.1]]) @ np.array([[1.0, 0], [-4.0, 0.1]]).T) + 2 * np.log(2) + 2 * np.log(1.0) + np.log(0.1)
        (vector("WishartCholesky", &[&[4.5], &[1.5, 0.0, -0.7, 0.4]]).sized(2), &[1.0, 0.0, -4.0, 0.1], -45.070812024845594),
        // st.invwishart(4.5, np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, 0], [-0.7, 0.4]]).T).logpdf(np.array([[1.0, 0], [-4.0, 0.1]]) @ np.array([[1.0, 0], [-4.0, 0.1]]).T) + 2 * np.log(2) + 2 * np.log(1.0) + np.log(0.1)
        (vector("InvWishartCholesky", &[&[4.5], &[1.5, 0.0, -0.7, 0.4]]).sized(2), &[1.0, 0.0, -4.0, 0.1], -1403.302615690462),
        // st.wishart(4.5, np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, 0], [-0.7, 0.4]]).T).logpdf(np.array([[3.0, 0], [0.0, 1.5]]) @ np.array([[3.0, 0], [0.0, 1.5]]).T) + 2 * np.log(2) + 2 * np.log(3.0) + np.log(1.5)
        (vector("WishartCholesky", &[&[4.5], &[1.5, 0.0, -0.7, 0.4]]).sized(2), &[3.0, 0.0, 0.0, 1.5], -10.344432400640708),
        // st.invwishart(4.5, np.array([[1.5, 0], [-0.7, 0.4]]) @ np.array([[1.5, 0], [-0.7, 0.4]]).T).logpdf(np.array([[3.0, 0], [0.0, 1.5]]) @ np.array([[3.0, 0], [0.0, 1.5]]).T) + 2 * np.log(2) + 2 * np.log(3.0) + np.log(1.5)
        (vector("InvWishartCholesky", &[&[4.5], &[1.5, 0.0, -0.7, 0.4]]).sized(2), &[3.0, 0.0, 0.0, 1.5], -13.591754029965545),
        // np.log(2) + 2 * np.log(0.7) + np.sum(np.array([0.5, -1.0, 3.0]) - 1.7 * np.log([0.2, 0.5, 0.3])) - 3 * logsumexp(np.array([0.5, -1.0, 3.0]) - 0.7 * np.log([0.2, 0.5, 0.3]))
        (vector("RelaxedCategorical", &[&[0.7], &[0.5, -1.0, 3.0]]), &[0.2, 0.5, 0.3], -3.432293774109352),
        // np.log(2) + 2 * np.log(0.7) + np.sum(np.array([0.5, -1.0, 3.0]) - 1.7 * np.log([0.0001, 0.9, 0.0999])) - 3 * logsumexp(np.array([0.5, -1.0, 3.0]) - 0.7 * np.log([0.0001, 0.9, 0.0999]))
        (vector("RelaxedCategorical", &[&[0.7], &[0.5, -1.0, 3.0]]), &[0.0001, 0.9, 0.0999], 1.1125372673232583),
        // np.log(2) + 2 * np.log(0.7) + np.sum(np.array([0.5, -1.0, 3.0]) - 1.7 * np.log([0.05, 0.05, 0.9])) - 3 * logsumexp(np.array([0.5, -1.0, 3.0]) - 0.7 * np.log([0.05, 0.05, 0.9]))
        (vector("RelaxedCategorical", &[&[0.7], &[0.5, -1.0, 3.0]]), &[0.05, 0.05, 0.9], 1.9283535937625764),
        // st.norm(0.3, 2.0).logcdf(-0.5)
        (wrap("Censored", &[&[-0.5], &[1.0]], scalar("Normal", &[0.3, 2.0])), &[-0.5], -1.0654340491895766),
        // st.norm(0.3, 2.0).logpdf(0.4)
        (wrap("Censored", &[&[-0.5], &[1.0]], scalar("Normal", &[0.3, 2.0])), &[0.4], -1.6133357137646178),
        // st.norm(0.3, 2.0).logsf(1.0)
        (wrap("Censored", &[&[-0.5], &[1.0]], scalar("Normal", &[0.3, 2.0])), &[1.0], -1.0128860278195608),
        // st.expon(scale=1 / 0.7).logsf(5.0)
        (wrap("Censored", &[&[5.0]], scalar("Exponential", &[0.7])).form(2), &[5.0], -3.5),
    ]
}

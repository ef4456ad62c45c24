use elbow::{backend::Lowering, infer::*, session::*};
use std::sync::Arc;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let (s, d) = match Session::open(a[1].as_ref()) {
        Ok(x) => x,
        Err(d) => {
            for d in d.iter() {
                println!("{}", d.message);
            }
            return;
        }
    };
    for d in d.iter() {
        print!("{}", elbow::diag::render(d, &s.source, true));
    }
    if d.has_errors() {
        return;
    }
    let mut inputs = Inputs {
        data: a[2..].iter().filter(|x| !x.starts_with('-')).cloned().collect(),
        ..Default::default()
    };
    for x in &a[2..] {
        if let Some(x) = x.strip_prefix("-e") {
            let (k, v) = x.split_once('=').unwrap();
            inputs.policy.overrides.push((k.into(), v.into()));
        }
    }
    let (p, d) = s.problem(&inputs);
    for d in d.iter() {
        print!("{}", elbow::diag::render(d, &s.source, true));
    }
    let Some(p) = p else { return };
    for l in &p.plan.latents {
        println!("{} {} {:?} {}", s.model.name(l.name).name, l.estimator, l.joint, l.reason);
    }
    let p = Arc::new(p);
    let c = Config::new(&p, &s.settings(&Default::default()), 1, Lowering::Fast);
    let steps = c.steps;
    let t = std::time::Instant::now();
    let mut f = Fitter::new(p.clone(), c);
    println!("compile {:?}", t.elapsed());
    println!("newton {:?} {:?}", f.start(), t.elapsed());
    let t = std::time::Instant::now();
    if let Err(e) = f.advance(steps) {
        println!("{e:?}");
    }
    println!("{:?} per step", t.elapsed() / steps as u32);
    println!("elbo {:?}", f.elbo());
    let dr = f.draws();
    println!("draws {:?}", t.elapsed());
    for r in summarize(&p, &dr).iter().take(30) {
        println!(
            "{:30} {:10.4} {:10.4} {:10.4} {:10.4} {:10.4}",
            r.name, r.mean, r.sd, r.q05, r.q50, r.q95
        );
    }
}

//! Where tests let the server die or stand still: in a build with the feature `failpoints`, and only there, it does so at the
//! points that `FAILPOINTS` names: `return` is `kill -9`, `return(stop)` is `kill -STOP`.

/// A point at which the server may die.
#[cfg(feature = "failpoints")]
pub fn at(point: &str) {
    use nix::sys::signal::{Signal, raise};
    fail::fail_point!(point, |how| {
        let signal = if how.as_deref() == Some("stop") { Signal::SIGSTOP } else { Signal::SIGKILL };
        _ = raise(signal);
    });
}

/// In every ordinary build nothing happens there.
#[cfg(not(feature = "failpoints"))]
pub const fn at(_point: &str) {}

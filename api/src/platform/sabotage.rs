//! Proves that the tests would notice: in a build with the feature `sabotage`, and only there, one named guard or
//! scope is switched off by the environment, and the schema walk must turn red.

/// Whether the guard or scope called `name` was switched off.
#[cfg(feature = "sabotage")]
#[must_use]
pub fn disabled(name: &str) -> bool {
    std::env::var("ROOKERY_SABOTAGE").is_ok_and(|chosen| chosen == name)
}

/// In every ordinary build nothing can be switched off.
#[cfg(not(feature = "sabotage"))]
#[must_use]
pub const fn disabled(_name: &str) -> bool {
    false
}

//! Takes the built app along. Without one the server says how to build it: nobody who works on the server needs Node.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend/dist");
    let out_dir = env::var("OUT_DIR").map_err(io::Error::other)?;
    println!("cargo::rerun-if-changed={}", app.display());
    let assets = if app.join("index.html").is_file() {
        // While developing, files are read when asked for, so that a new build of the app shows at once.
        let embed = !cfg!(debug_assertions);
        let app = app.canonicalize()?;
        memory_serve::assets_to_code(&app.to_string_lossy(), &app, Path::new(&out_dir), embed, |_| {})
    } else {
        "&[]".to_owned()
    };
    fs::write(Path::new(&out_dir).join("app_assets.rs"), assets)
}

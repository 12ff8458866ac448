//! Takes the built app along, and the documents that it sends. Without one the server says how to build it: nobody who
//! works on the server needs Node.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let frontend = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend");
    let out_dir = env::var("OUT_DIR").map_err(io::Error::other)?;
    let out_dir = Path::new(&out_dir);
    let app = frontend.join("dist");
    println!("cargo::rerun-if-changed={}", app.display());
    let assets = if app.join("index.html").is_file() {
        // While developing, files are read when asked for, so that a new build of the app shows at once.
        let embed = !cfg!(debug_assertions);
        let app = app.canonicalize()?;
        memory_serve::assets_to_code(&app.to_string_lossy(), &app, out_dir, embed, |_| {})
    } else {
        "&[]".to_owned()
    };
    fs::write(out_dir.join("app_assets.rs"), assets)?;
    // Beside the files that are served: nobody asks for it.
    let documents = frontend.join("documents/app.json");
    println!("cargo::rerun-if-changed={}", documents.display());
    let texts = if documents.is_file() { fs::read_to_string(documents)? } else { "[]".to_owned() };
    fs::write(out_dir.join("app_documents.json"), texts)
}

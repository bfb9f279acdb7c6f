//! Makes the folder that is embedded, so that the server also builds where the site was not built yet.

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let site = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../target/site");
    fs::create_dir_all(&site)?;
    println!("cargo:rerun-if-changed=build.rs");
    // Debug builds read the files from the disk: a changed page must not rebuild the server there.
    if env::var("PROFILE")? == "release" {
        println!("cargo:rerun-if-changed={}", site.display());
    }
    Ok(())
}

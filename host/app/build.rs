//! Puts the built console (`host/console/dist`) into the program: a table of its
//! files, each with the compressed forms that the console's build wrote beside
//! it. Where nothing is built the table is empty, and the host says so.

use sha2::{Digest as _, Sha256};
use std::{
    env, error,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn error::Error>> {
    let dist = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../console/dist");
    // The folder itself is always there (it holds a `.gitignore`): what is built
    // into it later is seen.
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut names = Vec::new();
    if dist.join("index.html").is_file() {
        walk(&dist, "", &mut names)?;
        names.sort();
    }
    let mut table = String::from("&[\n");
    for name in &names {
        entry(&mut table, &dist.canonicalize()?, name)?;
    }
    table.push_str("]\n");
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script where to write by the environment alone")]
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("console.rs"), table)?;
    Ok(())
}

/// Files by their path below `dist`, with slashes; not what is hidden and not the compressed forms.
fn walk(folder: &Path, below: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &path, names)?;
        } else if !path.ends_with(".br") && !path.ends_with(".gz") {
            names.push(path);
        }
    }
    Ok(())
}

fn entry(table: &mut String, dist: &Path, name: &str) -> Result<(), Box<dyn error::Error>> {
    let file = dist.join(name);
    let digest = hex::encode(Sha256::digest(fs::read(&file)?));
    let digest = digest.get(..16).unwrap_or(&digest);
    let bytes = |ending: &str| {
        let packed = dist.join(format!("{name}{ending}"));
        packed.is_file().then(|| format!("include_bytes!({:?})", packed.display().to_string()))
    };
    let optional = |ending: &str| bytes(ending).map_or_else(|| "None".to_owned(), |bytes| format!("Some({bytes})"));
    writeln!(
        table,
        "    SiteFile {{ path: {name:?}, kind: {kind:?}, digest: {digest:?}, plain: include_bytes!({plain:?}), \
         brotli: {brotli}, gzip: {gzip} }},",
        kind = kind(name),
        plain = file.display().to_string(),
        brotli = optional(".br"),
        gzip = optional(".gz"),
    )?;
    Ok(())
}

/// The media type by a file's ending.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

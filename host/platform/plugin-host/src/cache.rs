//! Compiled code on disk, trusted only as far as it is authenticated: a file
//! that does not carry this host's mac over its bytes, its package, and this
//! very engine is never read as code. Any doubt means compiling again.

use crate::package::PackageDigest;
use rialto_kernel::{Keys, Purpose, SharedRandom};
use sha2::{Digest as _, Sha256};
use std::{
    fs, io,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};
use wasmtime::{Engine, component::Component};

const MAC_BYTES: usize = 32;
/// The most bytes of one file.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

pub(crate) struct Cache {
    dir: PathBuf,
    keys: Keys,
    random: SharedRandom,
    engine: [u8; 32],
}

impl Cache {
    /// A cache in this directory, which is made owner-only.
    ///
    /// # Errors
    /// When it cannot be made, or others may write in it.
    pub(crate) fn open(dir: &Path, keys: Keys, random: SharedRandom, engine: &Engine) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        make_private(dir)?;
        Ok(Self { dir: dir.to_owned(), keys, random, engine: fingerprint(engine) })
    }

    /// The compiled component, if an authentic one is kept.
    pub(crate) fn get(&self, engine: &Engine, package: &PackageDigest) -> Option<Component> {
        let code = self.read(package)?;
        load_own(engine, &code).ok()
    }

    /// Keep compiled code. Failing to is no failure: it is compiled again.
    pub(crate) fn put(&self, package: &PackageDigest, code: &[u8]) {
        if let Err(cause) = self.write(package, code) {
            tracing::warn!(package = %package, %cause, "compiled plugin not kept");
        }
    }

    fn read(&self, package: &PackageDigest) -> Option<Vec<u8>> {
        let path = self.path(package);
        // A link could be swapped after the look, so the bytes are copied and
        // the copy is what is authenticated and used.
        let meta = fs::symlink_metadata(&path).ok()?;
        if !meta.is_file() || meta.len() > FILE_BYTES_MAX || meta.len() <= MAC_BYTES as u64 {
            return None;
        }
        let mut bytes = Vec::new();
        fs::File::open(&path).ok()?.take(FILE_BYTES_MAX).read_to_end(&mut bytes).ok()?;
        let (mac, code) = bytes.split_at_checked(MAC_BYTES)?;
        if !self.keys.verify(Purpose::Precompiled, &self.authenticated(package, code), mac) {
            tracing::warn!(package = %package, "compiled plugin on disk is not authentic; compiling again");
            let _ = fs::remove_file(&path);
            return None;
        }
        Some(bytes.split_off(MAC_BYTES))
    }

    fn write(&self, package: &PackageDigest, code: &[u8]) -> io::Result<()> {
        let mut suffix = [0; 8];
        self.random.fill(&mut suffix);
        let draft = self.dir.join(format!("{}.draft", hex::encode(suffix)));
        let mac = self.keys.mac(Purpose::Precompiled, &self.authenticated(package, code));
        let written = create_private(&draft).and_then(|mut file| {
            file.write_all(&mac)?;
            file.write_all(code)?;
            file.sync_all()?;
            fs::rename(&draft, self.path(package))
        });
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written
    }

    fn authenticated<'a>(&'a self, package: &'a PackageDigest, code: &'a [u8]) -> [&'a [u8]; 4] {
        [b"code", &package.0, &self.engine, code]
    }

    fn path(&self, package: &PackageDigest) -> PathBuf {
        let name = self.keys.mac(Purpose::Precompiled, &[b"name", &package.0, &self.engine]);
        self.dir.join(format!("{}.code", hex::encode(name)))
    }
}

/// Read code that this process made, or whose mac it has just checked.
pub(crate) fn load_own(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    #[allow(unsafe_code, reason = "the bytes are our own compiler's, made just now or authenticated just now")]
    // SAFETY: `code` came from `Engine::precompile_component` of an engine
    // with the same fingerprint: in this call chain, or just now in a child that
    // is this very program, or through a file whose mac under the host's key was
    // verified on this very copy.
    unsafe {
        Component::deserialize(engine, code)
    }
}

/// What compiled code depends on: wasmtime's version, its settings, the
/// processor.
pub(crate) fn fingerprint(engine: &Engine) -> [u8; 32] {
    struct Shaping(Sha256);
    impl std::hash::Hasher for Shaping {
        fn finish(&self) -> u64 {
            0
        }
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
    }
    let mut hasher = Shaping(Sha256::new());
    std::hash::Hash::hash(&engine.precompile_compatibility_hash(), &mut hasher);
    hasher.0.finalize().into()
}

#[cfg(unix)]
fn make_private(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let meta = fs::symlink_metadata(dir)?;
    if !meta.is_dir() {
        return Err(io::Error::other("the cache of compiled plugins is not a directory"));
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(_dir: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::SeededRandom;
    use std::sync::Arc;

    fn cache(dir: &Path, key: u8) -> (Cache, Engine) {
        let engine = Engine::default();
        (Cache::open(dir, Keys::new([key; 32]), Arc::new(SeededRandom::new(1)), &engine).unwrap(), engine)
    }

    fn only_file(dir: &Path) -> PathBuf {
        fs::read_dir(dir).unwrap().next().unwrap().unwrap().path()
    }

    #[test]
    fn only_our_own_untouched_code_is_loaded() {
        let dir = tempfile::tempdir().unwrap();
        let (cache, engine) = cache(dir.path(), 1);
        let wasm = wat::parse_str("(component)").unwrap();
        let package = PackageDigest::of(&wasm);
        cache.put(&package, &engine.precompile_component(&wasm).unwrap());
        assert!(cache.get(&engine, &package).is_some());
        let path = only_file(dir.path());
        let good = fs::read(&path).unwrap();
        for flip in 0..good.len().min(4_096) {
            let mut bad = good.clone();
            let at = flip * (good.len() / good.len().min(4_096));
            bad[at] ^= 1 << (flip % 8);
            fs::write(&path, &bad).unwrap();
            assert!(cache.read(&package).is_none(), "byte {at}");
        }
        for cut in [0, 1, 31, 32, 33, good.len() - 1] {
            fs::write(&path, &good[..cut]).unwrap();
            assert!(cache.read(&package).is_none(), "cut at {cut}");
        }
        fs::write(&path, &good).unwrap();
        assert!(cache.get(&engine, &package).is_some());
    }

    #[test]
    fn code_of_another_package_or_another_key_or_behind_a_link_is_not_loaded() {
        let dir = tempfile::tempdir().unwrap();
        let (own, engine) = cache(dir.path(), 1);
        let wasm = wat::parse_str("(component)").unwrap();
        let code = engine.precompile_component(&wasm).unwrap();
        let (a, b) = (PackageDigest::of(b"a"), PackageDigest::of(b"b"));
        own.put(&a, &code);
        fs::rename(own.path(&a), own.path(&b)).unwrap();
        assert!(own.get(&engine, &b).is_none(), "swapped");
        own.put(&a, &code);
        let (other, _) = cache(dir.path(), 2);
        fs::copy(own.path(&a), other.path(&a)).unwrap();
        assert!(other.get(&engine, &a).is_none(), "another key");
        #[cfg(unix)]
        {
            let elsewhere = dir.path().join("elsewhere");
            fs::rename(own.path(&a), &elsewhere).unwrap();
            std::os::unix::fs::symlink(&elsewhere, own.path(&a)).unwrap();
            assert!(own.get(&engine, &a).is_none(), "a link");
        }
    }
}

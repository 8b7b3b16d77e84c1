//! Everything that can go wrong while building, packing, scaffolding or testing
//! a plugin.

use std::path::PathBuf;

use crate::paths_file::PathsFileError;

/// Why a plugin could not be built, packed, scaffolded or tested.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{path}: {cause}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// Cargo did not build the plugin; its own words went to standard error.
    #[error("cargo could not build the plugin in {dir}; its messages are above")]
    Build {
        /// The plugin's folder.
        dir: PathBuf,
    },
    /// A tool that is needed is missing and could not be installed.
    #[error("{tool} is needed and cannot be run: {cause}")]
    Tool {
        /// Which.
        tool: &'static str,
        /// Why.
        cause: String,
    },
    /// The folder holds no plugin.
    #[error("{dir} builds no component; its Cargo.toml needs `crate-type = [\"cdylib\", \"rlib\"]` under [lib]")]
    NoComponent {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder is none of a plugin's.
    #[error("{0} holds no plugin: there is no Cargo.toml, package.json or pyproject.toml in it")]
    NoPlugin(PathBuf),
    /// The manifest does not say what is to be built.
    #[error("{dir}: rialto.toml: {why}")]
    Manifest {
        /// The folder.
        dir: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The plugin's own tests failed; their words went to standard output.
    #[error("the tests of {dir} failed")]
    Tests {
        /// The plugin's folder.
        dir: PathBuf,
    },
    /// The file is not a component.
    #[error("this is not a WebAssembly component: {0}")]
    NotComponent(String),
    /// The name cannot be a plugin's.
    #[error(
        "`{0}` cannot be a plugin's name; use lower-case letters, digits and hyphens, beginning with a letter, at most 64"
    )]
    Name(String),
    /// There is something there already.
    #[error("{0} exists already; choose another name or remove it")]
    Exists(PathBuf),
    /// A file of paths cannot be read.
    #[error(transparent)]
    Paths(#[from] PathsFileError),
    /// A fixture cannot be used.
    #[cfg(feature = "host")]
    #[error(transparent)]
    Fixture(#[from] rialto_contract::TapeError),
    /// The host does not take the plugin.
    #[cfg(feature = "host")]
    #[error("the host does not take the plugin: {0}")]
    Load(#[from] rialto_plugin_host::LoadError),
    /// The run failed: the plugin's fault, a limit, a trap, a wrong answer.
    #[cfg(feature = "host")]
    #[error("the run failed: {0}")]
    Run(#[from] rialto_plugin_host::RunError),
    /// Settings, parameters or facts are not what JSON can carry.
    #[error("not JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    /// A file's error with the file's name.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |cause| Self::File { path, cause }
    }

    /// The fault that the plugin answered with, if it did.
    #[cfg(feature = "host")]
    pub fn fault(&self) -> Option<&rialto_plugin_host::Fault> {
        match self {
            Self::Run(rialto_plugin_host::RunError::Fault { fault, .. }) => Some(fault),
            _ => None,
        }
    }
}

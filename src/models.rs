//! The models as they are in force: the embedded catalogue, and the user's file over it.

use std::io;
use std::path::PathBuf;

use crate::config::{Config, Place, Problem};
use crate::domain::catalogue::{Catalogue, CatalogueError, overlay};
use crate::paths::Paths;

/// What was found.
#[derive(Clone, Debug)]
pub struct Models {
    /// The embedded catalogue, unless a file without fault changes it.
    pub catalogue: Catalogue,
    /// The user's file, where there is one.
    pub file: Option<PathBuf>,
    /// What is wrong with it; then nothing of it counts.
    pub problems: Vec<Problem>,
}

impl Models {
    /// Reads the file that the configuration names, or `catalogue.toml` beside it.
    ///
    /// # Errors
    /// When the embedded catalogue breaks its own rules; a test holds that it does not.
    pub fn read(paths: &Paths, config: &Config) -> Result<Self, CatalogueError> {
        let mut models = Self { catalogue: Catalogue::embedded()?, file: None, problems: Vec::new() };
        let named = config.catalogue.file.is_some();
        let file = config.catalogue.file.clone().unwrap_or_else(|| paths.catalogue());
        match std::fs::read_to_string(&file) {
            Ok(text) => models.lay(&text, &file),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !named => return Ok(models),
            Err(error) => {
                let what = format!("the catalogue cannot be read: {error}");
                models.problems.push(Problem::of_key(Place::File(file.clone()), "catalogue.file", what));
            }
        }
        models.file = Some(file);
        Ok(models)
    }

    fn lay(&mut self, text: &str, file: &std::path::Path) {
        match overlay::lay(text) {
            Ok(catalogue) => self.catalogue = catalogue,
            Err(mistakes) => self.problems.extend(mistakes.into_iter().map(|mistake| {
                Problem::of_key(Place::Line(file.to_owned(), mistake.line), &mistake.key, mistake.to_string())
            })),
        }
    }
}

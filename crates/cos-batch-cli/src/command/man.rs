//! `cosbatch man`: pages for man(1)

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct ManPages {
    /// Write a page for each command into this folder, instead of the first one to stdout
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(crate) fn run(man: &ManPages) -> Result<Exit, Failure> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    match &man.folder {
        None => output::done(page(&command).and_then(|page| io::stdout().lock().write_all(&page))),
        Some(folder) => {
            let written = fs::create_dir_all(folder).and_then(|()| pages(&command, folder));
            written.map(|()| Exit::Good).map_err(|error| {
                let message = format!("the pages cannot be written to {}", folder.display());
                Failure::new(Kind::NO_OUTPUT, message)
                    .fact(error.to_string())
                    .help("choose another folder")
            })
        }
    }
}

/// A page for a command and each below it: `cosbatch-manifest-check.1`.
fn pages(command: &Command, folder: &Path) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    fs::write(folder.join(format!("{name}.1")), page(command)?)?;
    command.get_subcommands().try_for_each(|command| pages(command, folder))
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}

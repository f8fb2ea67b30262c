//! Writes the seeds that are made of the model into a folder, in place of those that are there

use std::error::Error;
use std::fs;
use std::path::Path;

use cos_batch_testkit::seeds;

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = std::env::args().nth(1).ok_or("into which folder?")?;
    let corpus = Path::new(&corpus);
    for folder in fs::read_dir(corpus)? {
        for file in fs::read_dir(folder?.path())? {
            let file = file?;
            if file.file_name().to_string_lossy().starts_with(seeds::PREFIX) {
                fs::remove_file(file.path())?;
            }
        }
    }
    let seeds = seeds::all();
    for seed in &seeds {
        let folder = corpus.join(seed.folder);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(&seed.name), &seed.bytes)?;
    }
    println!("{} seeds", seeds.len());
    Ok(())
}

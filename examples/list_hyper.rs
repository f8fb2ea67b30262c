//! Lists the jobs of an account: of an emulator in this process, unless the environment names one
//!
//! ```text
//! cargo run -p cos-batch-examples --example list_hyper
//!
//! COS_UIN=100000000001 COS_REGION=ap-chengdu COS_APPID=1250000000 \
//! COS_SECRETID=… COS_SECRETKEY=… cargo run -p cos-batch-examples --example list_hyper
//! ```

use std::env;
use std::error::Error;

use cos_batch::{Credentials, Endpoint, ListJobs, Signer};
use cos_batch_emulator::Emulator;
use cos_batch_hyper::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Ok(uin) = env::var("COS_UIN") else {
        let emulator = Emulator::start()?;
        eprintln!("COS_UIN is not set: these are the jobs of an emulator");
        return list(&Client::new(emulator.endpoint(), Signer::new(emulator.credentials()))).await;
    };
    let region = env::var("COS_REGION")?.parse()?;
    let endpoint = Endpoint::new(&uin.parse()?, &region, env::var("COS_APPID")?.parse()?);
    let credentials = Credentials::new(env::var("COS_SECRETID")?, env::var("COS_SECRETKEY")?)?;
    list(&Client::new(endpoint, Signer::new(credentials))).await
}

async fn list(client: &Client) -> Result<(), Box<dyn Error>> {
    let mut list = ListJobs::new();
    list.max_results = Some("15".parse()?);
    let mut pages = client.pages(list);
    while let Some(page) = pages.next().await {
        for job in page?.jobs {
            let description = job.description.as_deref().unwrap_or_default();
            println!("{}  {:<20}  {description}", job.job_id, job.status.as_str());
        }
    }
    eprintln!("{} pages", pages.pages());
    Ok(())
}

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cos_batch_testkit::oracle::request_round(data));

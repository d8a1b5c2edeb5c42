//! Bytes through everything.

#![no_main]

#[allow(dead_code)]
#[path = "../properties.rs"]
mod properties;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| properties::derives(&String::from_utf8_lossy(bytes)));

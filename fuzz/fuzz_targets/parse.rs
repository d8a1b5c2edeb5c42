//! Bytes to a tree and back to text.

#![no_main]

#[allow(dead_code)]
#[path = "../properties.rs"]
mod properties;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| properties::parses(&String::from_utf8_lossy(bytes)));

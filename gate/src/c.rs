//! The C interface of `include/candor_gate.h`. The only file of the workspace with `unsafe`: C has pointers.
//!
//! Every function states what its pointers must be. Nothing else of the crate sees one.
#![allow(unsafe_code, reason = "a C interface is made of pointers, see docs/adr/0031")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::slice;

use candor_validate::Signals;

use crate::answer::Answer;
use crate::gate::Gate;

/// An answer in memory of this library, to be given back to [`candor_free`].
#[derive(Debug)]
#[repr(C)]
pub struct CandorAnswer {
    /// 0 if the call worked, 1 if an argument or the data was wrong, 2 if the library panicked.
    status: u32,
    /// The number of signals that passed, or of lines.
    signals: u32,
    body: *mut u8,
    body_length: usize,
    /// Counts of what was stopped, as JSON; or why the call did not work.
    report: *mut u8,
    report_length: usize,
}

const FINE: u32 = 0;
const REFUSED: u32 = 1;
const PANICKED: u32 = 2;

/// Opens a catalogue and puts it into `catalogue`, or null if it cannot be opened.
///
/// # Safety
/// `document` has `length` bytes, and `catalogue` can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn candor_open(
    document: *const u8,
    length: usize,
    catalogue: *mut *mut Gate,
) -> *mut CandorAnswer {
    if catalogue.is_null() {
        return refused("there is no place for the catalogue");
    }
    // SAFETY: as the caller promised.
    let document = unsafe { bytes(document, length) };
    let opened = caught(|| Gate::open(document.ok_or("the document is a null pointer")?));
    let (opened, answer) = match opened {
        Ok(gate) => (Box::into_raw(Box::new(gate)), give(FINE, Answer::default())),
        Err(answer) => (null_mut(), answer),
    };
    // SAFETY: as the caller promised.
    unsafe { catalogue.write(opened) };
    answer
}

/// Rebuilds an OTLP request: 1 traces, 2 logs, 3 metrics.
///
/// # Safety
/// `catalogue` is an open one or null; `consent` and `request` have so many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn candor_pass(
    catalogue: *const Gate,
    signals: u32,
    consent: *const u8,
    consent_length: usize,
    request: *const u8,
    request_length: usize,
) -> *mut CandorAnswer {
    // SAFETY: as the caller promised.
    let (gate, consent, request) =
        unsafe { (catalogue.as_ref(), bytes(consent, consent_length), bytes(request, request_length)) };
    answer(|| {
        let signals = match signals {
            1 => Signals::Traces,
            2 => Signals::Logs,
            3 => Signals::Metrics,
            _ => return Err("the kind of request is none of 1, 2, 3".to_owned()),
        };
        let gate = gate.ok_or("the catalogue is a null pointer")?;
        gate.pass(signals, text(consent)?, request.ok_or("the request is a null pointer")?)
    })
}

/// Judges lines.
///
/// # Safety
/// `catalogue` is an open one or null; `consent` and `lines` have so many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn candor_check_lines(
    catalogue: *const Gate,
    consent: *const u8,
    consent_length: usize,
    lines: *const u8,
    lines_length: usize,
) -> *mut CandorAnswer {
    // SAFETY: as the caller promised.
    let (gate, consent, lines) =
        unsafe { (catalogue.as_ref(), bytes(consent, consent_length), bytes(lines, lines_length)) };
    answer(|| {
        let gate = gate.ok_or("the catalogue is a null pointer")?;
        gate.check_lines(text(consent)?, lines.ok_or("the lines are a null pointer")?)
    })
}

/// Frees an answer. Null is fine.
///
/// # Safety
/// The answer is one of this library, and was not freed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn candor_free(answer: *mut CandorAnswer) {
    if answer.is_null() {
        return;
    }
    // SAFETY: as the caller promised; the two buffers were boxed slices of these lengths.
    unsafe {
        let answer = Box::from_raw(answer);
        candor_dealloc(answer.body, answer.body_length);
        candor_dealloc(answer.report, answer.report_length);
    }
}

/// Closes a catalogue. Null is fine.
///
/// # Safety
/// The catalogue is an open one, and no call uses it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn candor_close(catalogue: *mut Gate) {
    if !catalogue.is_null() {
        // SAFETY: as the caller promised.
        drop(unsafe { Box::from_raw(catalogue) });
    }
}

/// Gives memory that a host without pointers of its own writes arguments to; for no bytes, null.
#[unsafe(no_mangle)]
pub extern "C" fn candor_alloc(length: usize) -> *mut u8 {
    boxed(vec![0; length])
}

/// Frees such memory.
///
/// # Safety
/// The memory is of `candor_alloc` with this length, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn candor_dealloc(memory: *mut u8, length: usize) {
    if !memory.is_null() {
        // SAFETY: as the caller promised.
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(memory, length)) });
    }
}

/// The bytes that the caller has; `None` for a null pointer that should have some.
///
/// # Safety
/// There are `length` bytes, unless the pointer is null.
unsafe fn bytes<'b>(pointer: *const u8, length: usize) -> Option<&'b [u8]> {
    match (pointer.is_null(), length) {
        (true, 0) => Some(&[]),
        (true, _) => None,
        // SAFETY: as the caller promised.
        (false, _) => Some(unsafe { slice::from_raw_parts(pointer, length) }),
    }
}

fn text(consent: Option<&[u8]>) -> Result<&str, String> {
    let consent = consent.ok_or("the consent is a null pointer")?;
    std::str::from_utf8(consent).map_err(|_| "the consent is not UTF-8".to_owned())
}

fn answer(call: impl FnOnce() -> Result<Answer, String>) -> *mut CandorAnswer {
    match caught(call) {
        Ok(answer) => give(FINE, answer),
        Err(answer) => answer,
    }
}

/// Runs a call. A panic ends here; nothing of what it was about is told.
fn caught<T>(call: impl FnOnce() -> Result<T, String>) -> Result<T, *mut CandorAnswer> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(why)) => Err(refused(&why)),
        Err(_) => Err(give(PANICKED, Answer { report: "the library panicked".to_owned(), ..Answer::default() })),
    }
}

fn refused(why: &str) -> *mut CandorAnswer {
    give(REFUSED, Answer { report: why.to_owned(), ..Answer::default() })
}

fn give(status: u32, answer: Answer) -> *mut CandorAnswer {
    let (body_length, report_length) = (answer.body.len(), answer.report.len());
    Box::into_raw(Box::new(CandorAnswer {
        status,
        signals: u32::try_from(answer.signals).unwrap_or(u32::MAX),
        body: boxed(answer.body),
        body_length,
        report: boxed(answer.report.into_bytes()),
        report_length,
    }))
}

fn boxed(bytes: Vec<u8>) -> *mut u8 {
    if bytes.is_empty() { null_mut() } else { Box::into_raw(bytes.into_boxed_slice()).cast() }
}

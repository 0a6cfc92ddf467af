//! The attributes of the process, encoded when a request is made.
//!
//! They are read each time, with what is allowed then: what was not agreed to is neither read nor sent.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::encode::{Buffer, OtlpEncoder, put_dropped_of_resource};
use crate::{Allowance, Catalogue, Resource};

/// Gives the attributes of the process, as fields of an OTLP `Resource`, without the name of the service.
pub(crate) struct Process(Box<Encode>);

type Encode = dyn Fn(&Allowance) -> Vec<u8> + Send + Sync;

impl Process {
    /// A process of which nothing is known: its required attributes are missing.
    pub fn unknown(catalogue: &'static Catalogue) -> Self {
        Process(Box::new(move |allowance| missing(catalogue, allowance)))
    }

    /// A process with these attributes. If they are not the catalogue's, nothing of them is sent.
    pub fn of<R: Resource + Send + Sync + 'static>(catalogue: &'static Catalogue, resource: R) -> Self {
        if !R::RESOURCE.is_same(catalogue.resource) {
            return Process::unknown(catalogue);
        }
        Process(Box::new(move |allowance| {
            let mut out = Buffer::growing();
            OtlpEncoder::resource(&mut out, allowance.consent(), allowance.held_of_process(), &resource);
            out.into_vec()
        }))
    }

    /// The encoded attributes that are allowed. An application's value that panics costs all of them.
    pub fn encode(&self, catalogue: &Catalogue, allowance: &Allowance) -> Vec<u8> {
        catch_unwind(AssertUnwindSafe(|| (self.0)(allowance))).unwrap_or_else(|_| missing(catalogue, allowance))
    }
}

/// The resource of a process of which nothing is known: says how many attributes it should have.
pub(crate) fn missing(catalogue: &Catalogue, allowance: &Allowance) -> Vec<u8> {
    let allowed = |needs| allowance.consent().includes(needs);
    let required = catalogue.resource.attributes.iter().filter(|own| own.required && allowed(own.attribute.needs));
    let mut out = Buffer::growing();
    put_dropped_of_resource(&mut out, required.count().try_into().unwrap_or(u32::MAX));
    out.into_vec()
}

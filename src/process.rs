//! The attributes of the process, encoded when a request is made.
//!
//! They are read each time, with what is allowed then: what was not agreed to is neither read nor sent.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use candor_domain::{Body, Filling, Own};

use crate::encode::{Buffer, OtlpEncoder, put_dropped_of_resource};
use crate::filter::{Tally, record_resource};
use crate::{Allowance, Catalogue, Resource};

/// The attributes of the process, without the name of the service.
pub(crate) struct Process {
    catalogue: &'static Catalogue,
    value: Option<Box<dyn Encode>>,
}

/// A value of the application's, whatever its type.
trait Encode: Send + Sync {
    /// The fields of an OTLP `Resource`.
    fn otlp(&self, allowance: &Allowance) -> Vec<u8>;

    /// The members that fill the holes of a body.
    fn filling(&self, own: &[Own], allowance: &Allowance) -> Filling;
}

impl<R: Resource + Send + Sync> Encode for R {
    fn otlp(&self, allowance: &Allowance) -> Vec<u8> {
        let mut out = Buffer::growing();
        OtlpEncoder::resource(&mut out, allowance.consent(), allowance.held_of_process(), self);
        out.into_vec()
    }

    fn filling(&self, own: &[Own], allowance: &Allowance) -> Filling {
        Filling::record(own, |encoder| {
            let tally = &mut Tally::default();
            record_resource(self, encoder, allowance.consent(), allowance.held_of_process(), tally);
        })
    }
}

impl Process {
    /// A process of which nothing is known: its required attributes are missing.
    pub fn unknown(catalogue: &'static Catalogue) -> Self {
        Process { catalogue, value: None }
    }

    /// A process with these attributes. If they are not the catalogue's, nothing of them is sent.
    pub fn of<R: Resource + Send + Sync + 'static>(catalogue: &'static Catalogue, resource: R) -> Self {
        let is_own = R::RESOURCE.is_same(catalogue.resource);
        Process { catalogue, value: is_own.then(|| Box::new(resource) as Box<dyn Encode>) }
    }

    /// The process, as far as this is allowed.
    pub fn allowing(&self, allowance: Allowance) -> AllowedProcess<'_> {
        AllowedProcess { process: self, allowance }
    }
}

/// The attributes of the process that are allowed now. An application's value that panics costs all of them.
pub(crate) struct AllowedProcess<'p> {
    process: &'p Process,
    allowance: Allowance,
}

impl AllowedProcess<'_> {
    /// The attributes as fields of an OTLP `Resource`.
    pub fn otlp(&self) -> Vec<u8> {
        self.encode(|value| value.otlp(&self.allowance)).unwrap_or_else(|| self.missing())
    }

    /// A JSON request with the attributes where its form has a place for them.
    pub fn fill<'b>(&self, body: &Body, request: Cow<'b, [u8]>) -> Cow<'b, [u8]> {
        if !body.has_resource() {
            return request;
        }
        let filling = self.encode(|value| value.filling(&body.of_resource, &self.allowance));
        filling.unwrap_or_default().fill(&request).into()
    }

    fn encode<T>(&self, encode: impl Fn(&dyn Encode) -> T) -> Option<T> {
        let value = self.process.value.as_deref()?;
        catch_unwind(AssertUnwindSafe(|| encode(value))).ok()
    }

    /// The resource of a process of which nothing is known: says how many attributes it should have.
    fn missing(&self) -> Vec<u8> {
        let allowed = |needs| self.allowance.consent().includes(needs);
        let attributes = &self.process.catalogue.resource.attributes;
        let required = attributes.iter().filter(|own| own.required && allowed(own.attribute.needs));
        let mut out = Buffer::growing();
        put_dropped_of_resource(&mut out, required.count().try_into().unwrap_or(u32::MAX));
        out.into_vec()
    }
}

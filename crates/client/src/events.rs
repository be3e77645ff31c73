//! The events of a reply, one by one as they come.

use crate::error::{CallError, ServiceFailure};
use crate::session::Session;
use crate::types::stream::StreamBody;
use oxaws_failure::Cause;
use oxaws_model::Operation;
use oxaws_protocol::{Event, EventStreamError, MessageDecoder, ServiceError, parse_event};
use oxaws_value::{Map, Value};

/// Bytes read at a time.
const BLOCK: usize = 64 * 1024;

/// The events of a reply.
pub struct Events<'a, 'w> {
    session: &'a Session<'w>,
    operation: Operation,
    body: StreamBody,
    decoder: MessageDecoder,
    block: Vec<u8>,
}

impl std::fmt::Debug for Events<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Events({:?})", self.operation)
    }
}

impl<'w> Session<'w> {
    /// The events in the body of a reply of `operation`.
    ///
    /// # Errors
    /// When the configuration can't be read.
    pub fn events<'a>(&'a self, operation: Operation, body: StreamBody) -> Result<Events<'a, 'w>, CallError> {
        self.config()?.timestamps_as_on_the_wire()?;
        let (decoder, block) = (MessageDecoder::new(), vec![0; BLOCK]);
        Ok(Events { session: self, operation, body, decoder, block })
    }
}

impl Events<'_, '_> {
    /// The next event, `None` at the end: its name in the model and its members. Waits for it. Events that the model
    /// doesn't know, and the first message of services that begin with one, are left out.
    ///
    /// # Errors
    /// When the service ends the stream with an error, when it breaks off, or when a message is damaged.
    #[allow(clippy::should_implement_trait, reason = "an iterator over results would hide the first error's finality")]
    pub fn next(&mut self) -> Result<Option<Event>, CallError> {
        loop {
            while let Some(message) = self.decoder.next_message().map_err(|e| self.failure(e))? {
                let event = self.session.parsing(|options| parse_event(self.operation, &message, options))?;
                if let Some(event) = event.map_err(|e| self.failure(e))? {
                    return Ok(Some(event));
                }
            }
            match self.body.read_some(&mut self.block)? {
                0 if self.decoder.has_rest() => {
                    return Err(CallError::bad_reply("The stream of events was cut short."));
                }
                0 => return Ok(None),
                n => self.decoder.feed(&self.block[..n]),
            }
        }
    }

    fn failure(&self, error: EventStreamError) -> CallError {
        match error {
            EventStreamError::Service { code, message } => {
                let fields: Map = [("Code", Value::from(code.as_str())), ("Message", Value::from(message.as_str()))]
                    .into_iter()
                    .collect();
                let error = ServiceError {
                    code,
                    message: Some(message),
                    details: fields.clone(),
                    fields,
                    shape: None,
                    status: 200,
                    request_id: None,
                };
                CallError::Service(Box::new(ServiceFailure {
                    operation: self.operation.name().to_owned(),
                    error,
                    retries: None,
                    headers: Default::default(),
                    for_credentials: false,
                }))
            }
            other => CallError::bad_reply(Cause::of(other)),
        }
    }
}

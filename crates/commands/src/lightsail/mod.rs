//! `aws lightsail`

mod push_container_image;

pub use push_container_image::PUSH_CONTAINER_IMAGE;

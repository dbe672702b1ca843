//! Contents of the messages of the echo workloads.

/// Fills message `number` of a connection; consecutive messages differ.
pub(crate) fn fill(message: &mut [u8], connection: usize, number: usize) {
    let first = (connection * 31 + number * 7) as u8;
    for (offset, byte) in message.iter_mut().enumerate() {
        *byte = first.wrapping_add(offset as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_messages_differ() {
        let filled = |connection, number| {
            let mut message = [0; 64];
            fill(&mut message, connection, number);
            message
        };
        assert_ne!(filled(1, 4), filled(1, 5));
        assert_ne!(filled(1, 4), filled(2, 4));
    }
}

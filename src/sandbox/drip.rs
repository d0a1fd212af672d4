//! Bytes that come slowly.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::{Stream, StreamExt, future, stream};

/// What is slow comes in so many pieces a second.
const PIECES_PER_SECOND: u32 = 10;

/// A body at so many bytes a second.
pub fn slowly(body: Body, bytes_per_second: u32) -> Body {
    let piece = bytes_per_second.div_ceil(PIECES_PER_SECOND) as usize;
    let pause = Duration::from_secs_f64(piece as f64 / f64::from(bytes_per_second));
    let pieces = body.into_data_stream().flat_map(move |bytes| match bytes {
        Ok(bytes) => cut(bytes, piece).left_stream(),
        Err(error) => stream::once(future::ready(Err(error))).right_stream(),
    });
    let pieces = pieces.then(move |piece| async move {
        tokio::time::sleep(pause).await;
        piece
    });
    Body::from_stream(pieces)
}

/// The first so many bytes of a body.
pub fn first(body: Body, bytes: usize) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let pieces = body.into_data_stream();
    stream::unfold((pieces, bytes), |(mut pieces, left)| async move {
        if left == 0 {
            return None;
        }
        let piece = pieces.next().await?.map(|piece| piece.slice(..piece.len().min(left)));
        let left = left - piece.as_ref().map_or(left, Bytes::len);
        Some((piece, (pieces, left)))
    })
}

/// Bytes in pieces of at most that size.
fn cut(bytes: Bytes, piece: usize) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    stream::unfold(bytes, move |mut rest| async move {
        (!rest.is_empty()).then(|| {
            let now = rest.split_to(piece.min(rest.len()));
            (Ok(now), rest)
        })
    })
}

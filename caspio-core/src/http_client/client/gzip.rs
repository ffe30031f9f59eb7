//! Decodes gzip, with all members of a body (RFC 1952, 2.2).

use super::super::{HttpError, HttpErrorKind};
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use futures::stream::{self, BoxStream, Fuse, Stream, StreamExt as _};
use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::mem;

/// How many bytes are decoded at once: a few bytes can contain a thousand times as many.
const PIECE: usize = 4 * 1024;

/// Fused, because it is read again after its end.
type Chunks = Fuse<BoxStream<'static, Result<Bytes, HttpError>>>;

struct Decoding {
    chunks: Chunks,
    decoder: MultiGzDecoder<Vec<u8>>,
    pieces: VecDeque<Bytes>,
    is_empty: bool,
}

/// Returns the decoded body. It is an error if it ends early, or if anything other than a member follows.
pub(super) fn decoded(
    chunks: BoxStream<'static, Result<Bytes, HttpError>>,
) -> impl Stream<Item = Result<Bytes, HttpError>> + Send + 'static {
    let decoding = Decoding {
        chunks: chunks.fuse(),
        decoder: MultiGzDecoder::new(Vec::new()),
        pieces: VecDeque::new(),
        is_empty: true,
    };
    stream::unfold(Some(decoding), |decoding| async move {
        let mut decoding = decoding?;
        match decoding.next().await {
            Ok(Some(bytes)) => Some((Ok(bytes), Some(decoding))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    })
}

impl Decoding {
    async fn next(&mut self) -> Result<Option<Bytes>, HttpError> {
        loop {
            while let Some(piece) = self.pieces.pop_front() {
                self.decoder.write_all(&piece).map_err(cut)?;
                let bytes = mem::take(self.decoder.get_mut());
                if !bytes.is_empty() {
                    return Ok(Some(bytes.into()));
                }
            }
            let Some(chunk) = self.chunks.next().await.transpose()? else {
                return self.finish();
            };
            self.is_empty &= chunk.is_empty();
            let mut rest = chunk;
            while !rest.is_empty() {
                self.pieces.push_back(rest.split_to(rest.len().min(PIECE)));
            }
        }
    }

    /// A body without any byte belongs to a response without content, whatever its encoding.
    fn finish(&mut self) -> Result<Option<Bytes>, HttpError> {
        if self.is_empty {
            return Ok(None);
        }
        self.decoder.try_finish().map_err(cut)?;
        self.is_empty = true;
        let bytes = mem::take(self.decoder.get_mut());
        Ok((!bytes.is_empty()).then(|| bytes.into()))
    }
}

fn cut(error: io::Error) -> HttpError {
    HttpError::new(HttpErrorKind::CutShort).with_source(error)
}

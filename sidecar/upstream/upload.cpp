#include "sidecar/upstream/upload.hpp"

#include <array>

#include "sidecar/http/chunk.hpp"
#include "sidecar/http/trailer.hpp"

namespace mlgateway::upstream {
namespace {

// A request that came in several pieces but is not longer than this can still be sent again.
constexpr std::size_t kKeep = 32u << 10;

}  // namespace

net::Task<void> Upload::run() {
  const Status sent = co_await send();
  finished_ = true;
  complete_ = sent.ok();
  finished_at_ = model_.socket.loop().now();
  if (!sent && !stopped_) {
    failure_ = sent.error();
    // Nobody will send the rest, so nobody may take the request for complete: whoever reads the answer wakes up.
    if (failure_->reason != Reason::UpstreamClosed) model_.socket.cancel();
  }
  done_.signal();  // last: who waits for it may destroy this
}

net::Task<Status> Upload::send() {
  // A caller may wait for an answer before he sends a byte of the body.
  if (!caller_.has_body_bytes()) {
    const bool passed = co_await pass_on({}, false);
    if (!passed) co_return Error(Reason::UpstreamClosed, "model took no more than the head");
  }
  // Asked anew each time: when it was stopped it may have been about to go on, waiting for nothing that could be ended.
  while (!stopped_) {
    const auto piece = co_await caller_.read_body(deadline_);
    if (!piece) co_return piece.error();
    const bool last = caller_.body_finished();
    const bool passed = co_await pass_on(*piece, last);
    if (!passed) co_return Error(Reason::UpstreamClosed, "model took no more of the body");
    if (last) co_return Done{};
  }
  co_return Error(Reason::UpstreamClosed, "the answer came without the rest of the body");
}

net::Task<bool> Upload::pass_on(std::string_view data, bool last) {
  std::array<iovec, 7> pieces;
  std::size_t count = 0;
  http::ChunkSizeLine size_line;
  if (!head_.empty()) pieces[count++] = http::piece(head_);
  if (caller_.head().framing == http::Framing::Chunked) {
    if (last) http::append_trailers_except(trailers_, caller_.trailers(), withheld_);
    count = http::append_chunk(pieces, count, size_line, data, last, trailers_);
  } else if (!data.empty()) {
    pieces[count++] = http::piece(data);
  }
  keep(std::span(pieces).first(count));
  asked_ = true;
  const net::IoStatus status = co_await model_.socket.write_all(std::span(pieces).first(count), deadline_);
  head_ = {};
  co_return status == net::IoStatus::Ok;
}

void Upload::keep(std::span<const iovec> pieces) {
  for (const iovec& each : pieces) {
    keeping_ = keeping_ && kept_.size() + each.iov_len <= kKeep;
    if (keeping_) kept_.append(static_cast<const char*>(each.iov_base), each.iov_len);
  }
  if (!keeping_) kept_ = {};
}

void Upload::stop() {
  stopped_ = true;
  model_.socket.cancel();
  caller_.socket().cancel_read();
}

}  // namespace mlgateway::upstream

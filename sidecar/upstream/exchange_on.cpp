#include "sidecar/upstream/exchange_on.hpp"

#include <algorithm>
#include <array>

#include "sidecar/http/chunk.hpp"
#include "sidecar/http/event_stream.hpp"
#include "sidecar/http/relay_head.hpp"
#include "sidecar/upstream/head_reader.hpp"

namespace mlgateway::upstream {
net::Task<Status> ExchangeOn::run() {
  if (caller_.socket().peer_closed())
    co_return Error(Reason::ClientClosed, "caller hung up before the model was asked");
  watch_caller();
  Status outcome = co_await send();
  if (outcome.ok()) outcome = co_await answer();
  caller_.socket().on_peer_closed(nullptr, nullptr);
  if (upload_) {
    if (!upload_->finished()) {
      upload_->stop();
      caller_.end_after_this();
      reusable_ = false;
    }
    net::Event& done = upload_->done();  // named: GCC 12 awaits a copy of what a call returns by reference
    co_await done;
    // A body that could not be read explains an answer that did not come, not the other way round.
    if (!outcome.ok() && upload_->failure() && upload_->failure()->reason != Reason::UpstreamClosed) {
      if (upload_->failure()->reason == Reason::RequestTimeout) co_return late();
      co_return *upload_->failure();
    }
  }
  co_return outcome;
}

net::Task<Status> ExchangeOn::send() {
  if (!errand_.body) {
    upload_.emplace(caller_, model_, errand_.head, errand_.withheld_trailers, errand_.deadlines.request);
    net::spawn(upload_->run());
    co_return Done{};
  }
  std::array<iovec, 2> pieces{http::piece(errand_.head), http::piece(*errand_.body)};
  asked_ = true;
  const net::IoStatus status = co_await model_.socket.write_all(pieces, errand_.deadlines.request);
  sent_ = loop_.now();
  // A model that takes no more may have said why: its answer is read all the same.
  const bool may_answer =
      status == net::IoStatus::Ok || status == net::IoStatus::Closed || status == net::IoStatus::Failed;
  if (!may_answer) co_return failure(status);
  co_return Done{};
}

net::Task<Status> ExchangeOn::run_from(const http::ResponseHead& head, http::BodyDecoder body,
                                       std::string_view collected) {
  if (caller_.socket().peer_closed())
    co_return Error(Reason::ClientClosed, "caller hung up before the answer could be relayed");
  watch_caller();
  heard_ = true;
  head_ = head;
  begin_answer();
  body_ = std::move(body);
  Status outcome = Done{};
  if (!collected.empty()) {
    outcome = co_await caller_.write_answer(collected, body_.finished(), body_.trailers());
    event_passed_ = true;
  }
  const bool whole = !collected.empty() && body_.finished();
  if (outcome.ok() && !whole) outcome = co_await relay_body();
  caller_.socket().on_peer_closed(nullptr, nullptr);
  co_return conclude(outcome);
}

// A caller who hangs up is noticed while the model is waited for.
void ExchangeOn::watch_caller() {
  caller_.socket().on_peer_closed(
      [](void* context) {
        auto& self = *static_cast<ExchangeOn*>(context);
        self.caller_gone_ = true;
        self.model_.socket.cancel();
      },
      this);
}

net::Task<Status> ExchangeOn::answer() {
  const Status head = co_await read_head();
  if (!head) co_return head;
  begin_answer();
  body_.begin(head_.framing, head_.content_length);
  model_.buffer.consume(head_.size);
  const Status relayed = co_await relay_body();
  co_return conclude(relayed);
}

Status ExchangeOn::conclude(const Status& relayed) {
  if (!relayed) {
    if (caller_.answer_begun()) caller_.abort();
    return relayed;
  }
  reusable_ = head_.keep_alive && model_.buffer.empty() && !closed_ && (!upload_ || upload_->complete());
  return Done{};
}

net::Task<Status> ExchangeOn::read_head() {
  HeadReader reader;
  while (true) {
    const auto next = reader.next(model_.buffer, caller_.head().method, head_);
    if (!next) co_return next.error();
    if (*next == HeadReader::Next::Answer) co_return Done{};
    if (*next == HeadReader::Next::Interim) {
      const Status relayed = co_await relay_interim();
      if (!relayed) co_return relayed;
      model_.buffer.consume(head_.size);
      continue;
    }
    const Status more = co_await read_more(model_.buffer.space());
    if (!more) co_return more;
  }
}

// The gateway answers an expectation itself, so a 100 of the model's is nobody's business.
net::Task<Status> ExchangeOn::relay_interim() {
  if (head_.status == 100 || caller_.head().minor_version == 0) co_return Done{};
  std::string text;
  http::append_response_head(text, head_, {.fields = {}, .date = {}, .framing = http::Framing::None});
  co_return co_await caller_.write_interim(text);
}

void ExchangeOn::begin_answer() {
  status_ = head_.status;
  streaming_ = http::is_event_stream(head_);
  // The caller still sends what the model no longer waits for: after this answer the connection is of no use.
  if (uploading()) caller_.end_after_this();
  const bool has_body = head_.framing != http::Framing::None;
  const http::Framing framing =
      has_body ? caller_.answer_framing(head_.framing == http::Framing::Length) : http::Framing::None;
  if (framing == http::Framing::UntilClose) caller_.end_after_this();
  std::string text;
  text.reserve(head_.size + errand_.answer_fields.size() + 128);
  http::append_response_head(text, head_,
                             {.fields = status_ < 500 ? errand_.answer_fields : errand_.failure_fields,
                              .date = loop_.date(),
                              .framing = framing,
                              .keep_alive = caller_.decide_keep_alive(),
                              .caller_minor_version = caller_.head().minor_version,
                              .tells_limits = errand_.tells_limits});
  caller_.begin_answer(std::move(text), framing);
}

net::Task<Status> ExchangeOn::relay_body() {
  http::Buffer& buffer = model_.buffer;
  while (true) {
    const Result<http::BodyDecoder::Piece> piece = body_.decode(buffer.bytes());
    if (!piece) co_return Error(Reason::UpstreamMalformed, piece.error().message);
    const bool last = body_.finished();
    // Where the length is known the head can wait for its body; otherwise the caller should learn early that an answer
    // comes.
    const bool head_alone = piece->data.empty() && !caller_.answer_begun() && head_.framing != http::Framing::Length;
    if (!piece->data.empty() || last || head_alone) {
      const Status written = co_await caller_.write_answer(piece->data, last, body_.trailers());
      if (!written) co_return written;
      event_passed_ = event_passed_ || !piece->data.empty();
    }
    buffer.consume(piece->consumed);
    if (last) co_return Done{};
    buffer.clear();
    buffer.reserve(body_.wanted() > http::Buffer::kSmall && !streaming_ ? http::Buffer::kLarge : http::Buffer::kSmall);
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.free(), body_.wanted()));
    const Status more = co_await read_more(buffer.space().first(wanted));
    if (!more && closed_ && body_.end_of_input()) {
      co_return co_await caller_.write_answer({}, true);
    }
    if (!more) co_return more;
  }
}

net::Task<Status> ExchangeOn::read_more(std::span<char> space) {
  while (true) {
    const net::ReadResult got = co_await model_.socket.read_some(space, deadline());
    if (got.status == net::IoStatus::Ok) {
      heard_ = true;
      model_.buffer.commit(got.bytes);
      co_return Done{};
    }
    // The time to the first byte runs from the end of the request, which may have come while this waited.
    if (got.status == net::IoStatus::TimedOut && !heard_ && loop_.now() < deadline()) continue;
    co_return failure(got.status);
  }
}

Instant ExchangeOn::deadline() const {
  const Deadlines& times = errand_.deadlines;
  if (streaming_ && event_passed_) return loop_.now() + times.stream_idle;
  if (heard_ || !times.first_byte) return times.request;
  const Instant since = uploading() ? loop_.now() : upload_ ? upload_->finished_at() : sent_;
  return std::min(times.request, since + *times.first_byte);
}

Error ExchangeOn::failure(net::IoStatus status) {
  if (caller_gone_) return {Reason::ClientClosed, "caller hung up while the model worked"};
  switch (status) {
    case net::IoStatus::TimedOut: return late();
    case net::IoStatus::Cancelled: return {Reason::ClientClosed, "exchange was cancelled"};
    default:
      closed_ = true;
      return {Reason::UpstreamClosed,
              heard_ ? "model ended the connection within its answer" : "model ended the connection without an answer"};
  }
}

Error ExchangeOn::late() const {
  if (streaming_ && event_passed_) return {Reason::StreamIdleTimeout, "stream was idle for too long"};
  if (loop_.now() < errand_.deadlines.request)
    return {Reason::UpstreamFirstByteTimeout, "model did not begin to answer in time"};
  if (errand_.deadlines.set_by_caller) return {Reason::CallerDeadline, "caller's own deadline is over"};
  return {Reason::RequestTimeout, "model did not answer in time"};
}

}  // namespace mlgateway::upstream

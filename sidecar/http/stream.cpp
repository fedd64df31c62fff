#include "sidecar/http/stream.hpp"

#include <algorithm>

#include "sidecar/http/chunk.hpp"

namespace mlgateway::http {
namespace {

using namespace std::chrono_literals;

// How long and how much a caller who was refused may go on sending before the connection is cut.
constexpr auto kLingerTime = 2s;
constexpr std::size_t kLingerBytes = 8u << 20;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

net::Task<Result<Arrival>> Stream::next_request() {
  finish_request();
  if (buffer_.empty()) {
    const Result<Arrival> arrival = co_await wait_for_bytes();
    if (!arrival || *arrival == Arrival::End) co_return arrival;
  }
  const Instant deadline = socket_.loop().now() + limits_.head_timeout;
  while (true) {
    const Result<std::size_t> size = scanner_.scan(buffer_.view());
    if (!size) co_return size.error();
    if (*size > 0) {
      const std::string_view bytes = buffer_.view().substr(0, *size);
      const Status parsed = parse_request_head(bytes, limits_.head, head_);
      if (!parsed) co_return parsed.error();
      break;
    }
    if (buffer_.free() == 0) buffer_.reserve(std::max(2 * buffer_.view().size(), Buffer::kSmall));
    const net::ReadResult got = co_await socket_.read_some(buffer_.space(), deadline);
    if (got.status == net::IoStatus::TimedOut) co_return Error(Reason::SlowRequest, "head not complete in time");
    if (got.status != net::IoStatus::Ok) co_return Arrival::End;
    buffer_.commit(got.bytes);
  }
  first_request_ = false;
  keep_alive_ = keep_alive_ && head_.keep_alive;
  continue_due_ = head_.expect_continue;
  body_.begin(head_.framing, head_.content_length);
  input_ = buffer_.bytes().subspan(head_.size);
  co_return Arrival::Request;
}

// Between requests a connection holds no buffer, only a place in the loop.
net::Task<Result<Arrival>> Stream::wait_for_bytes() {
  buffer_.release();
  idle_ = true;
  const auto patience = first_request_ ? limits_.head_timeout : limits_.keep_alive_timeout;
  const net::IoStatus status = co_await socket_.readable(socket_.loop().now() + patience);
  idle_ = false;
  if (status != net::IoStatus::Ok) co_return Arrival::End;
  buffer_.reserve(Buffer::kSmall);
  // Readable may have meant bytes that were read since, so the patience is still that of a caller without a request.
  const net::ReadResult got = co_await socket_.read_some(buffer_.space(), socket_.loop().now() + patience);
  if (got.status != net::IoStatus::Ok) co_return Arrival::End;
  buffer_.commit(got.bytes);
  co_return Arrival::Request;
}

// Forgets the request that was served; what arrived behind it becomes the start of the next.
void Stream::finish_request() {
  if (head_.size > 0) {
    const bool in_relay = !relay_.empty();
    if (in_relay) {
      buffer_.clear();
      buffer_.append({input_.data(), input_.size()});
    } else {
      buffer_.consume(buffer_.view().size() - input_.size());
      buffer_.compact();
    }
  }
  relay_.release();
  input_ = {};
  forget_head();
  scanner_.reset();
  body_bytes_ = 0;
  max_body_bytes_ = UINT64_MAX;
  body_waited_ = {};
  answer_bytes_ = 0;
  answer_begun_ = false;
}

// What it points at is gone. Not assigned anew as a whole: its table of fields is four kilobytes.
void Stream::forget_head() {
  head_.size = 0;
  head_.method = head_.target = head_.path = head_.query = head_.authority = head_.host = {};
  head_.fields.clear();
}

std::optional<std::string_view> Stream::arrived_body() {
  if (head_.framing == Framing::None) return std::string_view{};
  if (head_.framing != Framing::Length || body_bytes_ > 0 || input_.size() < head_.content_length) return std::nullopt;
  const auto size = static_cast<std::size_t>(head_.content_length);
  const auto taken = body_.decode(input_);  // cannot fail: the framing is a length
  input_ = input_.subspan(size);
  body_bytes_ = size;
  continue_due_ = false;
  return taken->data;
}

net::Task<Result<std::string_view>> Stream::read_body(Instant deadline) {
  while (!body_.finished()) {
    if (input_.empty()) {
      const Status more = co_await read_more(deadline);
      if (!more) co_return more.error();
    }
    const Result<BodyDecoder::Piece> decoded = body_.decode(input_);
    if (!decoded) co_return decoded.error();
    input_ = input_.subspan(decoded->consumed);
    body_bytes_ += decoded->data.size();
    if (body_bytes_ > max_body_bytes_) {
      co_return Error(Reason::BodyTooLarge, "body is longer than " + std::to_string(max_body_bytes_) + " bytes");
    }
    if (!decoded->data.empty()) co_return decoded->data;
  }
  co_return std::string_view{};
}

// A caller's time is counted only while he is waited for, so a slow model never makes a caller slow.
net::Task<Status> Stream::read_more(Instant deadline) {
  if (std::exchange(continue_due_, false)) {
    std::array<iovec, 1> interim{piece(kContinue)};
    const Status sent = co_await write_all(interim);
    if (!sent) co_return sent.error();
  }
  relay_.clear();
  relay_.reserve(body_.wanted() > Buffer::kSmall ? Buffer::kLarge : Buffer::kSmall);
  std::span<char> space = relay_.space();
  if (body_.wanted() < space.size()) space = space.first(static_cast<std::size_t>(body_.wanted()));

  const Instant began = socket_.loop().now();
  const auto allowance = limits_.rate_grace + std::chrono::milliseconds(1000 * body_bytes_ / limits_.min_rate);
  const Instant too_slow = began + std::max<std::chrono::nanoseconds>(allowance - body_waited_, 0ns);
  const net::ReadResult got = co_await socket_.read_some(space, std::min(deadline, too_slow));
  body_waited_ += socket_.loop().now() - began;
  if (got.status == net::IoStatus::TimedOut && too_slow <= deadline) {
    co_return Error(Reason::SlowRequest, "body came slower than the minimum rate");
  }
  if (got.status == net::IoStatus::TimedOut)
    co_return Error(Reason::RequestTimeout, "time was over while the body was read");
  if (got.status != net::IoStatus::Ok) co_return Error(Reason::ClientClosed, "caller hung up while the body was read");
  relay_.commit(got.bytes);
  input_ = relay_.bytes();
  co_return Done{};
}

Framing Stream::answer_framing(bool length_known) const {
  if (length_known) return Framing::Length;
  return head_.minor_version == 0 ? Framing::UntilClose : Framing::Chunked;
}

void Stream::begin_answer(std::string head, Framing framing) {
  answer_head_ = std::move(head);
  answer_framing_ = framing;
  if (framing == Framing::UntilClose) keep_alive_ = false;
}

net::Task<Status> Stream::write_answer(std::string_view data, bool last, std::string_view trailers) {
  std::array<iovec, 7> pieces;
  std::size_t count = 0;
  ChunkSizeLine size_line;
  if (!answer_head_.empty()) pieces[count++] = piece(answer_head_);
  if (answer_framing_ == Framing::Chunked) {
    count = append_chunk(pieces, count, size_line, data, last, trailers);
  } else if (!data.empty()) {
    pieces[count++] = piece(data);
  }
  answer_bytes_ += data.size();
  answer_begun_ = true;
  const Status written = co_await write_all(std::span(pieces).first(count));
  answer_head_.clear();
  co_return written;
}

net::Task<Status> Stream::write_whole_answer(std::span<const std::string_view> body) {
  std::array<iovec, kMostPieces + 1> pieces{piece(answer_head_)};
  std::size_t count = 1;
  for (const std::string_view each : body) {
    if (!each.empty()) pieces[count++] = piece(each);
    answer_bytes_ += each.size();
  }
  answer_begun_ = true;
  const Status written = co_await write_all(std::span(pieces).first(count));
  answer_head_.clear();
  co_return written;
}

net::Task<Status> Stream::write_interim(std::string_view head) {
  std::array<iovec, 1> pieces{piece(head)};
  co_return co_await write_all(pieces);
}

net::Task<Status> Stream::write_all(std::span<iovec> pieces) {
  std::uint64_t size = 0;
  for (const iovec& each : pieces) size += each.iov_len;
  const auto patience = limits_.rate_grace + std::chrono::milliseconds(1000 * size / limits_.min_rate);
  const net::IoStatus status = co_await socket_.write_all(pieces, socket_.loop().now() + patience);
  if (status == net::IoStatus::Ok) co_return Done{};
  if (status == net::IoStatus::TimedOut)
    co_return Error(Reason::ClientTooSlow, "caller reads slower than the minimum rate");
  co_return Error(Reason::ClientClosed, "caller hung up while the answer was written");
}

void Stream::abort() {
  keep_alive_ = false;
  // Without a framing only a reset tells a cut from an end.
  if (answer_framing_ == Framing::UntilClose) socket_.reset_on_close();
}

net::Task<void> Stream::linger() {
  socket_.shut_down_writing();
  const Instant deadline = socket_.loop().now() + kLingerTime;
  relay_.reserve(Buffer::kSmall);
  for (std::size_t discarded = 0; discarded < kLingerBytes;) {
    relay_.clear();
    const net::ReadResult got = co_await socket_.read_some(relay_.space(), deadline);
    if (got.status != net::IoStatus::Ok) co_return;
    discarded += got.bytes;
  }
}

}  // namespace mlgateway::http

// The caller's side of one connection: requests in, answers out, one after the other.
//
// Knows HTTP/1.1 and the manners that protect the gateway (time and rate of slow callers, sizes), nothing of routes.
// Everything above it speaks in heads, pieces of body and answers, so that another framing can take its place.
// One loop, one thread. Views that it returns live until the next call that reads.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/http/body.hpp"
#include "sidecar/http/buffer.hpp"
#include "sidecar/http/message.hpp"
#include "sidecar/http/strict.hpp"
#include "sidecar/net/socket.hpp"
#include "sidecar/net/task.hpp"

namespace mlgateway::http {

struct StreamLimits {
  HeadLimits head;
  std::chrono::milliseconds head_timeout{10000};        // from a head's first byte to its last, and to the first head
  std::chrono::milliseconds keep_alive_timeout{75000};  // without a request
  std::uint64_t min_rate = 1024;                        // bytes per second, of bodies in and answers out ...
  std::chrono::milliseconds rate_grace{10000};          // ... after so long a wait
};

enum class Arrival : std::uint8_t {
  Request,  // head() tells
  End,      // the caller went away, or was idle for too long, between requests
};

class Stream {
 public:
  // While `draining` is true each answer is the last of its connection. All three outlive the stream.
  Stream(net::Socket& socket, const StreamLimits& limits, const std::atomic<bool>& draining)
      : socket_(socket), limits_(limits), draining_(draining), scanner_(limits.head) {}

  // The next request. An Error is to be answered, after which the connection ends.
  net::Task<Result<Arrival>> next_request();
  const RequestHead& head() const { return head_; }
  RequestHead& head() { return head_; }

  // The whole body, when it arrived together with the head and is framed by its length (or there is none).
  std::optional<std::string_view> arrived_body();
  // The next piece, empty after the last. Sends "100 Continue" first where the caller waits for it.
  // Fails with SlowRequest, BodyTooLarge, MalformedRequest, ClientClosed; RequestTimeout when `deadline` passes.
  net::Task<Result<std::string_view>> read_body(Instant deadline);
  bool has_body_bytes() const { return !input_.empty(); }
  bool body_finished() const { return body_.finished(); }
  std::uint64_t body_bytes() const { return body_bytes_; }
  const std::string& trailers() const { return body_.trailers(); }
  void limit_body(std::uint64_t max_bytes) { max_body_bytes_ = max_bytes; }

  // How an answer to this request is framed when its length is known (or not).
  Framing answer_framing(bool length_known) const;
  // Puts `head` (complete, with its empty line) before the first piece of the answer that is written. Until then it can
  // be replaced by calling this again.
  void begin_answer(std::string head, Framing framing);
  // Writes a piece; `last` ends the answer, with `trailers` where the framing has them. An empty piece writes the head
  // alone.
  net::Task<Status> write_answer(std::string_view data, bool last, std::string_view trailers = {});
  // The whole of an answer whose framing is Length, from where its pieces lie; at most kMostPieces of them.
  static constexpr std::size_t kMostPieces = 3;
  net::Task<Status> write_whole_answer(std::span<const std::string_view> body);
  // An interim answer (1xx), complete with its empty line.
  net::Task<Status> write_interim(std::string_view head);
  bool answer_begun() const { return answer_begun_; }
  std::uint64_t answer_bytes() const { return answer_bytes_; }

  // Whether the connection may serve another request; once false it stays so.
  bool keep_alive() const { return keep_alive_; }
  // The last word on it, for the head of the answer that is about to be written.
  bool decide_keep_alive() {
    if (draining_.load(std::memory_order_relaxed)) keep_alive_ = false;
    return keep_alive_;
  }
  void end_after_this() { keep_alive_ = false; }
  // The answer ended in the middle: the caller must not take it for a whole one.
  void abort();
  bool idle() const { return idle_; }

  // Lets the caller read an answer although he still sends: closes our direction and discards what comes, for a while.
  net::Task<void> linger();

  net::Socket& socket() { return socket_; }

 private:
  net::Task<Result<Arrival>> wait_for_bytes();
  net::Task<Status> read_more(Instant deadline);
  net::Task<Status> write_all(std::span<iovec> pieces);
  void finish_request();
  void forget_head();

  net::Socket& socket_;
  const StreamLimits& limits_;
  const std::atomic<bool>& draining_;
  HeadScanner scanner_;
  Buffer buffer_;  // holds the head for as long as the request lives, and what arrived with it
  Buffer relay_;   // further body bytes, one piece at a time
  RequestHead head_;
  BodyDecoder body_;
  std::span<char> input_;  // read but not decoded yet; a part of buffer_ or relay_
  std::uint64_t body_bytes_ = 0;
  std::uint64_t max_body_bytes_ = UINT64_MAX;
  std::chrono::nanoseconds body_waited_{0};
  std::string answer_head_;
  Framing answer_framing_ = Framing::None;
  std::uint64_t answer_bytes_ = 0;
  bool answer_begun_ = false;
  bool keep_alive_ = true;
  bool continue_due_ = false;
  bool first_request_ = true;
  bool idle_ = false;
};

}  // namespace mlgateway::http

// One HTTP/1.1 message as it arrives, for the two ends of the bench: enough to know where it ends and what it asks.
//
// Not a judge of messages (the journey's h11 is): what it cannot frame is Broken, and counts as an error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mlgateway::bench {

// What the first lines say.
struct Head {
  int status = 0;  // of an answer
  bool chunked = false;
  bool close = false;
  std::uint64_t length = 0;  // Content-Length
  // What a request asks of the bench's model, in x-bench-* fields.
  std::uint64_t answer_bytes = 0;  // an answer of this size
  std::uint64_t events = 0;        // a stream of so many events
  std::uint64_t stall_ms = 0;      // wait so long before the body is read
  bool asks_count = false;         // how many requests were answered
};

class MessageReader {
 public:
  enum class State { Head, Body, Done, Broken };

  // Takes what belongs to this message from `bytes`; returns how much that was. Bytes of the body are only counted,
  // but for the first few (start()) and the ends of events.
  std::size_t take(std::string_view bytes);
  // Ready for the next message of the connection.
  void reset();

  State state() const { return state_; }
  const Head& head() const { return head_; }
  std::uint64_t body_bytes() const { return body_bytes_; }
  // Server-sent events that have ended: empty lines of the body.
  std::uint64_t events() const { return events_; }
  // The first 32 bytes of the body, or fewer.
  std::string_view start() const { return start_; }

 private:
  std::size_t take_head(std::string_view bytes);
  std::size_t take_body(std::string_view bytes);
  std::size_t take_chunked(std::string_view bytes);
  std::size_t take_size_line(std::string_view bytes);
  void parse_head();
  void parse_field(std::string_view name, std::string_view value);
  void count(std::string_view body);

  State state_ = State::Head;
  Head head_;
  std::string text_;  // the head as far as it has arrived
  std::string start_;
  std::string line_;        // a chunk's size line
  std::uint64_t left_ = 0;  // of the body or chunk
  bool in_chunk_ = false;
  bool last_chunk_ = false;
  bool counts_events_ = false;
  char before_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace mlgateway::bench

#include "tests/bench/message.hpp"

#include <algorithm>
#include <charconv>

#include <strings.h>

namespace mlgateway::bench {
namespace {

constexpr std::size_t kStart = 32;
constexpr std::size_t kMaxHead = 65536;

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::uint64_t number(std::string_view text, int base = 10) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

}  // namespace

std::size_t MessageReader::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && (state_ == State::Head || state_ == State::Body)) {
    const std::string_view rest = bytes.substr(taken);
    taken += state_ == State::Head ? take_head(rest) : head_.chunked ? take_chunked(rest) : take_body(rest);
  }
  return taken;
}

void MessageReader::reset() {
  state_ = State::Head;
  head_ = {};
  text_.clear();
  start_.clear();
  line_.clear();
  left_ = body_bytes_ = events_ = 0;
  in_chunk_ = last_chunk_ = counts_events_ = false;
  before_ = 0;
}

std::size_t MessageReader::take_head(std::string_view bytes) {
  const std::size_t had = text_.size();
  text_ += bytes.substr(0, kMaxHead);
  const std::size_t end = text_.find("\r\n\r\n", had < 3 ? 0 : had - 3);
  if (end == std::string::npos) {
    if (text_.size() >= kMaxHead) state_ = State::Broken;
    return text_.size() - had;
  }
  text_.resize(end + 4);
  parse_head();
  left_ = head_.length;
  state_ = head_.chunked || left_ > 0 ? State::Body : State::Done;
  return text_.size() - had;
}

void MessageReader::parse_head() {
  std::string_view text = text_;
  if (text.starts_with("HTTP/1.1 ")) head_.status = static_cast<int>(number(text.substr(9, 3)));
  text.remove_prefix(text.find("\r\n") + 2);
  while (!text.starts_with("\r\n")) {
    const std::string_view line = text.substr(0, text.find("\r\n"));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    parse_field(line.substr(0, colon), value);
    text.remove_prefix(line.size() + 2);
  }
}

void MessageReader::parse_field(std::string_view name, std::string_view value) {
  const char first = static_cast<char>(name.empty() ? 0 : name.front() | 0x20);
  if (first == 'c' && same(name, "content-length")) head_.length = number(value);
  if (first == 'c' && same(name, "content-type")) counts_events_ = value.starts_with("text/event-stream");
  if (first == 'c' && same(name, "connection")) head_.close = same(value, "close");
  if (first == 't' && same(name, "transfer-encoding")) head_.chunked = same(value, "chunked");
  if (first != 'x') return;
  if (same(name, "x-bench-answer-bytes")) head_.answer_bytes = number(value);
  if (same(name, "x-bench-events")) head_.events = number(value);
  if (same(name, "x-bench-stall-ms")) head_.stall_ms = number(value);
  if (same(name, "x-bench-count")) head_.asks_count = true;
}

std::size_t MessageReader::take_body(std::string_view bytes) {
  const std::string_view mine = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
  count(mine);
  left_ -= mine.size();
  if (left_ == 0) state_ = State::Done;
  return mine.size();
}

std::size_t MessageReader::take_chunked(std::string_view bytes) {
  if (!in_chunk_) return take_size_line(bytes);
  const std::string_view mine = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
  count(mine);
  left_ -= mine.size();
  in_chunk_ = left_ > 0;
  return mine.size();
}

// The line after a chunk's data is empty; so is the one after the last chunk (no trailers in the bench).
std::size_t MessageReader::take_size_line(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  line_ += bytes.substr(0, end);
  if (end == std::string_view::npos) return bytes.size();
  if (line_ == "\r") {
    if (last_chunk_) state_ = State::Done;
  } else {
    left_ = number(line_, 16);
    in_chunk_ = left_ > 0;
    last_chunk_ = !in_chunk_;
  }
  line_.clear();
  return end + 1;
}

void MessageReader::count(std::string_view body) {
  if (start_.size() < kStart) start_ += body.substr(0, kStart - start_.size());
  body_bytes_ += body.size();
  if (!counts_events_) return;
  for (const char c : body) {
    if (c == '\n' && before_ == '\n') ++events_;
    before_ = c;
  }
}

}  // namespace mlgateway::bench

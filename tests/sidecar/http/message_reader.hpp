// Reads a sequence of messages from bytes as a connection does: scanner, head, body, next message.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "sidecar/http/strict.hpp"

namespace mlgateway::http {

struct Reading {
  bool refused = false;
  Reason reason = Reason::Internal;
  std::string why;
  std::size_t heads = 0;
  std::size_t messages = 0;  // complete ones
  std::string body;          // of all messages together
  bool closed = false;       // the last message ends the connection
  std::string path;          // of the last request
  std::string query;

  bool operator==(const Reading&) const = default;
};

class MessageReader {
 public:
  // `request_method` empty: the bytes are requests; else answers to such a request. They arrive `piece` bytes at a
  // time.
  MessageReader(std::string_view bytes, std::string_view request_method, std::size_t piece = std::string_view::npos)
      : rest_(bytes), method_(request_method), piece_(piece) {}

  // Suites about syntax leave Host out; a second attempt shows whether the rest is good.
  MessageReader& assume_host() {
    assume_host_ = true;
    return *this;
  }

  Reading read() {
    while (!rest_.empty() && !reading_.closed && read_message()) {
    }
    return reading_;
  }

 private:
  bool refuse(const Error& error) {
    reading_.refused = true;
    reading_.reason = error.reason;
    reading_.why = error.message;
    return false;
  }

  // False when there is no next message to read: refused, or incomplete.
  bool read_message() {
    HeadScanner scanner;
    std::size_t size = 0;
    for (std::size_t arrived = 0; size == 0 && arrived < rest_.size();) {
      arrived += std::min(piece_, rest_.size() - arrived);
      const auto found = scanner.scan(rest_.substr(0, arrived));
      if (!found) return refuse(found.error());
      size = *found;
    }
    if (size == 0) return false;
    const std::string_view head = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return method_.empty() ? read_request(head) : read_response(head);
  }

  bool read_request(std::string_view head) {
    RequestHead request;
    Status status = parse_request_head(head, HeadLimits{}, request);
    if (!status && assume_host_ && status.error().message == "Host is missing") {
      completed_ = with_host(head);
      status = parse_request_head(completed_, HeadLimits{}, request);
    }
    if (!status) return refuse(status.error());
    ++reading_.heads;
    reading_.path = request.path;
    reading_.query = request.query;
    if (!read_body(request.framing, request.content_length)) return false;
    reading_.closed = !request.keep_alive;
    return true;
  }

  static std::string with_host(std::string_view head) {
    std::string completed(head);
    return completed.insert(completed.find("\r\n", 2) + 2, "Host: assumed.example\r\n");
  }

  bool read_response(std::string_view head) {
    ResponseHead response;
    const Status status = parse_response_head(head, method_, response);
    if (!status) return refuse(status.error());
    ++reading_.heads;
    if (!read_body(response.framing, response.content_length)) return false;
    reading_.closed = !response.keep_alive || response.status == 101;
    return true;
  }

  bool read_body(Framing framing, std::uint64_t length) {
    switch (framing) {
      case Framing::None: ++reading_.messages; return true;
      case Framing::Length: return read_length(length);
      case Framing::Chunked: return read_chunks();
      case Framing::UntilClose: break;
    }
    take(rest_.size());
    return false;
  }

  bool read_length(std::uint64_t length) {
    const bool complete = rest_.size() >= length;
    take(static_cast<std::size_t>(std::min<std::uint64_t>(length, rest_.size())));
    reading_.messages += complete;
    return complete;
  }

  bool read_chunks() {
    ChunkedDecoder decoder;
    while (!rest_.empty()) {
      const auto step = decoder.step(rest_.substr(0, piece_));
      if (!step) return refuse(step.error());
      reading_.body += step->data;
      rest_.remove_prefix(step->consumed);
      if (!step->done) continue;
      ++reading_.messages;
      return true;
    }
    return false;
  }

  void take(std::size_t size) {
    reading_.body += rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

  std::string_view rest_;
  std::string_view method_;
  std::size_t piece_;
  bool assume_host_ = false;
  std::string completed_;
  Reading reading_;
};

}  // namespace mlgateway::http

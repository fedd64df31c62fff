// The seam to the HTTP library: a request goes out, a head comes back, and its body is read piece by piece.
//
// Everything that knows cpprestsdk is in transport.cpp; whoever replaces the library rewrites that file and no other.
// Nothing here knows Kubernetes, retries or waits for longer than it was told.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "operator/kube/material.hpp"
#include "operator/kube/reply.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::kube {

struct HttpRequest {
  std::string method;  // "GET", "POST", "PUT", "PATCH", "DELETE"
  std::string target;  // path and query, percent-encoded
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct HttpResponse {
  int status = 0;
  std::string retry_after = {};            // the header, empty when absent
  std::vector<std::string> warnings = {};  // the texts of `Warning: 299` headers
  std::string body = {};
};

// Whom to talk to, and how either side proves who it is.
struct Peer {
  std::string url;            // https://HOST:PORT[/PREFIX], or http:// where nothing has to be proven
  Material authorities = {};  // PEM; the only ones that are believed. Empty: the machine's own
  Material certificate = {};  // PEM, with `key`; empty: none is shown
  Material key = {};
  bool verify = true;  // false only where a person asked for it
};

// The body of one answer as it arrives. For one thread. Destroying it before its end closes the connection.
class HttpStream {
 public:
  struct State;
  explicit HttpStream(std::shared_ptr<State> state);
  HttpStream(HttpStream&&) noexcept;
  HttpStream& operator=(HttpStream&&) noexcept;
  ~HttpStream();

  // Status and headers; the body is empty.
  const HttpResponse& head() const;

  // The next bytes, at most kMostPiece of them; none at the end. TimedOut: `deadline` came first, and the stream
  // stays as it is. After any other fault the stream is over.
  static constexpr std::size_t kMostPiece = 64u << 10;
  Reply<std::string> read(Instant deadline, const std::stop_token& stop);

 private:
  std::shared_ptr<State> state_;
};

// Safe from any thread. Connections are kept and reused; TCP keep-alive finds those whose other end has vanished within
// half a minute. After a request that had no answer the next one opens a connection of its own and reads certificates
// and authorities anew, so that rotated files and half-open connections both heal by one failure.
class Transport {
 public:
  explicit Transport(Peer peer);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // Waits for the head of the answer, whatever its status.
  Reply<HttpStream> open(const HttpRequest& request, Instant deadline, const std::stop_token& stop);

  // The whole answer; Unreadable when its body is larger than `most`.
  Reply<HttpResponse> exchange(const HttpRequest& request, Instant deadline, std::size_t most,
                               const std::stop_token& stop);

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace mlgateway::kube

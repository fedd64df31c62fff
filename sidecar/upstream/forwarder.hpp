// Step 9 of a request: to the model and back, streaming both ways, under the route's times.
//
// Knows a caller's stream and a place where a model answers; no route, no principal. One request in is one request at
// the model: only where a connection of the pool turned out closed before any byte of an answer is a request sent
// again, once, on a fresh one, and only if all of it is still at hand.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sidecar/http/stream.hpp"
#include "sidecar/upstream/connector.hpp"
#include "sidecar/upstream/pool.hpp"

namespace mlgateway::upstream {

class Call;

struct Deadlines {
  Instant request;             // of the exchange; for a stream, of its first event
  bool set_by_caller = false;  // `request` is the caller's own, not the route's
  std::chrono::milliseconds connect;
  std::optional<std::chrono::milliseconds> first_byte;  // counted from the last byte of the request
  std::chrono::milliseconds stream_idle;
};

struct Errand {
  Origin& origin;
  std::string_view head;                           // complete, as the model gets it
  std::optional<std::string_view> body;            // all of it; none: it is still arriving on the stream
  std::string_view answer_fields;                  // lines for the answer's head ...
  std::string_view failure_fields;                 // ... where it is a 5xx
  bool tells_limits = false;                       // they tell RateLimit, so the model's own stays behind
  std::span<const std::string> withheld_trailers;  // names that never reach the model
  Deadlines deadlines;
};

// What is known of an exchange however it ended.
struct Report {
  int status = 0;                          // of the model's answer; 0: there was none
  bool reached_model = false;              // a byte of the request may have reached it
  std::chrono::nanoseconds with_model{0};  // from the first byte out to the last byte in
};

class Forwarder {
 public:
  Forwarder(net::Loop& loop, Pool& pool, Connector& connector) : loop_(loop), pool_(pool), connector_(connector) {}

  // Writes the model's answer to the stream. After an Error the caller has had no byte of an answer if
  // stream.answer_begun() is false, and can be told; otherwise the stream was cut.
  net::Task<Status> forward(http::Stream& caller, Errand errand, Report& report);
  // The same request without a caller's stream, its answer collected in memory: see call.hpp, also for `wanted`.
  std::unique_ptr<Call> call(const Errand& errand, std::string_view method,
                             std::function<std::optional<std::size_t>(const http::ResponseHead&)> wanted);

 private:
  net::Task<Result<std::unique_ptr<Connection>>> connection_for(http::Stream& caller, const Errand& errand, bool fresh);
  net::Task<Result<std::unique_ptr<Connection>>> open(http::Stream& caller, const Errand& errand);

  net::Loop& loop_;
  Pool& pool_;
  Connector& connector_;
};

}  // namespace mlgateway::upstream

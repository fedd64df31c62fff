// One line of JSON per request, off the request's path.
//
// A worker formats lines into its own AccessWriter; a full batch goes to a background thread through a bounded spdlog
// queue in one call. Nothing here ever waits for the disk or for whoever reads standard output: what does not fit is
// dropped and counted, in lines.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/base/rfc3339.hpp"

namespace mlgateway::observe {

// What a line says. Everything is copied by write(); strings from the caller may hold any bytes and any length.
// Every key is in every line; what is empty or unset is null.
struct AccessRecord {
  WallTime time;  // when the exchange ended
  std::string_view request_id;
  std::string_view client;  // address of the peer, without port
  std::string_view tls;     // "TLSv1.3"; null when he came in the clear
  std::string_view method;
  std::string_view path;  // without query: it may hold what nobody wants in a log
  std::string_view host;
  std::string_view route_namespace;  // "route" is namespace/name; null when no route was found
  std::string_view route_name;
  std::string_view version;
  std::string_view principal_method;  // "principal" is null when this is empty
  std::string_view principal_issuer;
  std::string_view principal_name;
  std::string_view tenant;
  int status = 0;
  std::optional<Reason> reason;        // why it was refused or not finished
  std::optional<Reason> would_refuse;  // what a dry run of the route's authorization would have said
  std::string_view error;              // Error::message: words for the operator of the gateway
  std::uint64_t request_bytes = 0;     // bodies, as received and as sent
  std::uint64_t response_bytes = 0;
  std::chrono::nanoseconds duration{};
  std::optional<std::chrono::nanoseconds> upstream_duration;  // spent waiting for the model; none: it was not asked
  std::string_view upstream;                                  // host:port
  std::optional<std::int64_t> cost;  // charged, in millionths of the route's unit; none: the route has no price
  std::string_view quota;            // "QUOTA.TIER.LIMIT" that refused
  std::string_view cache;            // what the cache did: see cache_state.hpp
  std::string_view trace_id;         // of traceparent, 32 hex digits
};

// The process's one log; safe from any thread. Outlives its AccessWriters.
class AccessLog {
 public:
  struct Limits {
    std::size_t max_batches = 256;               // waiting for a slow reader: 8 MiB
    std::chrono::milliseconds close_wait{2000};  // for what waits when the log is closed
  };

  // "-" is standard output, "off" is none, anything else is a file that is appended to (created 0640).
  // Fails when the file cannot be opened.
  static Result<std::unique_ptr<AccessLog>> open(std::string_view destination) { return open(destination, Limits()); }
  static Result<std::unique_ptr<AccessLog>> open(std::string_view destination, const Limits& limits);

  // Gives waiting batches `close_wait` to be written; what a stuck reader then still has not taken is lost.
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  bool enabled() const;
  std::uint64_t dropped() const;  // lines

  // Hands over `lines` complete lines; never blocks.
  void submit(std::string_view batch, std::size_t lines);

 private:
  struct Pipeline;
  explicit AccessLog(std::unique_ptr<Pipeline> pipeline);
  std::unique_ptr<Pipeline> pipeline_;  // null when off
};

// A worker's end of the log; belongs to one thread. The worker calls flush() every 100 ms.
class AccessWriter {
 public:
  explicit AccessWriter(AccessLog& log);
  ~AccessWriter() { flush(); }
  AccessWriter(const AccessWriter&) = delete;
  AccessWriter& operator=(const AccessWriter&) = delete;

  void write(const AccessRecord& record);
  void flush();

 private:
  AccessLog& log_;
  std::unique_ptr<char[]> batch_;  // none when the log is off
  std::size_t size_ = 0;
  std::size_t lines_ = 0;
  Rfc3339Clock clock_;
};

// No line is longer, whatever a caller sends.
inline constexpr std::size_t kMaxAccessLine = 40u << 10;

// The line itself with its line feed, written to `out`, which has room for kMaxAccessLine; returns its end.
char* write_access_line(char* out, const AccessRecord& record, Rfc3339Clock& clock);

}  // namespace mlgateway::observe

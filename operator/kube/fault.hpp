// Why a request to the API server did not do what was asked: the Status that Kubernetes answers with (metav1.Status),
// or that there was no answer at all.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlgateway::kube {

// What callers tell apart. Everything else of a Status is for people.
enum class FaultKind : std::uint8_t {
  NotFound,         // 404
  AlreadyExists,    // 409 of a create
  Conflict,         // 409: the object has changed since it was read, or another field manager owns a field
  Invalid,          // 400, 413, 415, 422: permanent until the object is another one
  Unauthorized,     // 401: the credentials are not taken
  Forbidden,        // 403: may heal when a role is bound
  Gone,             // 410: that version, or that continuation of a list, is no longer kept
  TooManyRequests,  // 429
  ServerError,      // 5xx
  TimedOut,         // no answer before the deadline; whether a write was done is not known
  Unreachable,      // no connection, no TLS, or cut before the end; whether a write was done is not known
  Unreadable,       // an answer that is too large or not of Kubernetes' form
  Stopped,          // the caller's stop_token
};

// One thing wrong with an object, or one field in conflict.
struct Cause {
  std::string field;
  std::string message;
  bool operator==(const Cause&) const = default;
};

struct Fault {
  FaultKind kind = FaultKind::Unreachable;
  int code = 0;         // the HTTP status; 0: there was none
  std::string reason;   // Status.reason: "NotFound", "Expired", …; may be empty
  std::string message;  // one line, for log and status; never holds a credential
  std::optional<std::chrono::seconds> retry_after = std::nullopt;  // what the server asked for
  std::vector<Cause> causes = {};

  // Whether the same request may succeed later without anybody changing the object.
  bool passing() const;
};

// The stable name, e.g. "TooManyRequests". Valid for the life of the process.
std::string_view name(FaultKind kind);

// What an answer of `code` says; `body` is whatever came with it. `retry_after` is the header, empty when absent.
// At most kMostCauses causes are kept, and at most kMostMessage bytes of the message.
inline constexpr std::size_t kMostCauses = 16;
inline constexpr std::size_t kMostMessage = 1024;
Fault fault_from(int code, std::string_view retry_after, std::string_view body);

// For a failure that is no answer.
Fault fault(FaultKind kind, std::string message);

}  // namespace mlgateway::kube

// Talks to one API server: requests with credentials, a deadline, a size limit and a rate limit for writes.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <string>

#include <nlohmann/json.hpp>

#include "operator/kube/credentials.hpp"
#include "operator/kube/reply.hpp"
#include "operator/kube/requests.hpp"
#include "operator/kube/token_bucket.hpp"
#include "operator/kube/token_source.hpp"
#include "operator/kube/transport.hpp"

namespace mlgateway::kube {

struct ClientOptions {
  std::chrono::milliseconds deadline{15'000};  // of one request, waiting for the rate limit not included
  std::size_t most_answer = 64u << 20;         // a page of 500 objects of 100 KB each
  // controller-runtime's: the server's own fairness rules know clients like that.
  double writes_per_second = 20;
  double write_burst = 30;
};

// Safe from any thread. Nothing is repeated by itself but a request that met a rotated token (401): when to try again
// is the caller's to decide, by the Fault.
class Client {
 public:
  explicit Client(Credentials credentials, ClientOptions options = ClientOptions());

  // The answer's object. Waits for the rate limit (writes that are not urgent) and the answer, and not after `stop`.
  Reply<nlohmann::json> send(const Request& request, const std::stop_token& stop = {});

  // The same with another time for the answer: a leader's requests must not outlive its lease.
  Reply<nlohmann::json> send(const Request& request, Instant deadline, const std::stop_token& stop);

  // Opens a watch on a connection of its own; a status other than 200 is a Fault.
  Reply<HttpStream> open(const Request& request, const std::stop_token& stop);

  // The pod's own, or the context's.
  const std::string& namespace_name() const { return namespace_name_; }

 private:
  HttpRequest dressed(const Request& request, const std::string& token) const;
  bool wait_for_turn(const std::stop_token& stop);
  Reply<HttpResponse> exchange(const Request& request, Instant deadline, const std::stop_token& stop);

  const ClientOptions options_;
  const std::string namespace_name_;
  TokenSource tokens_;
  Transport requests_;
  Transport watches_;  // apart, so that a failed request does not end them
  std::mutex mutex_;
  TokenBucket writes_;  // guarded by mutex_
};

}  // namespace mlgateway::kube

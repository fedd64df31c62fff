// A worker's idle connections to models, last used first.
//
// Belongs to one loop and one thread. An idle connection that the model closes, or on which it says something unasked,
// is dropped when the loop hears of it; one that was idle for kIdleTime is closed by us, before the model does it:
// uvicorn, on which most model servers stand, closes after five seconds and answers nothing to a request that crosses
// that.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sidecar/config/gateway_config.hpp"
#include "sidecar/net/loop.hpp"
#include "sidecar/observe/worker_metrics.hpp"
#include "sidecar/upstream/connection.hpp"

namespace mlgateway::upstream {

inline constexpr std::chrono::seconds kIdleTime{4};

// One place where a model answers.
class Origin {
 public:
  Origin(config::Endpoint endpoint);

  const config::Endpoint& endpoint() const { return endpoint_; }
  const std::string& authority() const { return authority_; }  // host:port, as Host and the log want it

 private:
  friend class Pool;
  config::Endpoint endpoint_;
  std::string authority_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

class Pool {
 public:
  Pool(net::Loop& loop, observe::WorkerMetrics& metrics);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // The same Origin for the same endpoint, valid as long as the pool.
  Origin& origin(const config::Endpoint& endpoint);

  // An idle connection that is quiet as far as the loop has heard, or null. `certain` asks the kernel too, for a
  // request that could not be sent again; so does the pool itself where the last word is old.
  std::unique_ptr<Connection> take(Origin& origin, bool certain);
  // A connection that has just been opened is told to the pool when its first exchange is over.
  void give_back(std::unique_ptr<Connection> connection);

 private:
  static void forget_closed(void* connection);
  void close_old();

  net::Loop& loop_;
  observe::WorkerMetrics& metrics_;
  net::Timer sweep_;
  std::map<std::pair<std::string, std::uint16_t>, std::unique_ptr<Origin>> origins_;
};

}  // namespace mlgateway::upstream

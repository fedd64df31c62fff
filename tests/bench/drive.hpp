// The callers: connections that send a plan's requests and look at every answer.
//
// Closed loop (rate 0): each connection sends its next request when it has the answer to the last. Open loop: requests
// are due at points in time drawn beforehand (Poisson, so that they come in crowds as in life), whatever the answers
// do; a latency counts from when its request was due, not from when a connection was free to send it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/bench/message.hpp"
#include "tests/bench/request.hpp"
#include "tests/bench/socket.hpp"

namespace mlgateway::bench {

// What came of a run.
struct Tally {
  std::uint64_t answered = 0;
  std::uint64_t bytes = 0;  // of bodies of answers
  std::uint64_t events = 0;
  std::uint64_t connects = 0;
  std::map<std::string, std::uint64_t> errors;  // what went wrong -> how often
  std::vector<std::uint32_t> latencies_ns;      // unordered
  double seconds = 0;
};

class Drive {
 public:
  explicit Drive(const Plan& plan);
  ~Drive();
  Drive(const Drive&) = delete;
  Drive& operator=(const Drive&) = delete;

  // Sends everything. Ends early after many errors, or when nothing has moved for long.
  Tally run();

 private:
  struct Caller;

  bool over() const { return finished_ >= plan_.requests || given_up_; }
  void open(Caller& caller);
  void start_due(Instant now);
  void start(Caller& caller, Instant due);
  void advance(Caller& caller);
  bool flush(Caller& caller);
  void read_answer(Caller& caller);
  void finish(Caller& caller);
  void fail(Caller& caller, const std::string& what);
  void wake_stalled(Instant now);
  const char* judge(const Caller& caller) const;
  std::optional<Instant> next_instant() const;
  void draw_next_due();

  const Plan plan_;
  const RequestWriter requests_;
  Poller poller_;
  std::vector<char> buffer_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::vector<Caller*> idle_;
  std::mt19937_64 random_;
  Instant next_due_{};
  std::uint64_t started_ = 0;
  std::uint64_t finished_ = 0;
  std::uint64_t failures_ = 0;
  bool given_up_ = false;
  Tally tally_;
};

}  // namespace mlgateway::bench

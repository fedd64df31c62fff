// The requests of the bench: POSTs of the Open Inference Protocol, each as its own shape says, made without allocating.
// One differs from the one before in its key and its body.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlgateway::bench {

// What one run of the load generator does.
struct Plan {
  std::uint16_t port = 0;
  std::string path = "/v2/models/iris/infer";
  std::size_t connections = 32;
  std::uint64_t requests = 10000;
  double rate = 0;  // requests per second, open loop; 0: closed loop
  std::uint64_t body_bytes = 1024;
  std::uint64_t bodies = 0;        // so many different ones, in turn, their ids included; 0: no two are alike
  std::string keys_file;           // one API key per line, all of one length; used in turn
  std::uint64_t answer_bytes = 0;  // what is asked of the model, see upstream.cpp
  std::uint64_t events = 0;
  std::uint64_t model_stall_ms = 0;
  std::uint64_t read_stall_ms = 0;  // do not read the answer for so long after sending
  std::uint64_t seed = 1;
};

// Writes requests of one plan.
class RequestWriter {
 public:
  // Ends the program when the keys cannot be read.
  explicit RequestWriter(const Plan& plan);

  // Puts request `number` into `out`: head and the first part of the body; then filler_bytes() of filler() follow.
  void write(std::uint64_t number, std::string& out) const;
  std::uint64_t filler_bytes() const { return filler_bytes_; }
  static std::string_view filler();
  // What the body of the answer to request `number` begins with.
  std::string answer_start(std::uint64_t number) const;

 private:
  std::uint64_t body_number(std::uint64_t number) const { return bodies_ == 0 ? number : number % bodies_; }

  std::string text_;
  std::vector<std::string> keys_;
  std::size_t key_at_ = 0;
  std::size_t id_at_ = 0;
  std::size_t value_at_ = 0;
  std::uint64_t filler_bytes_ = 0;
  std::uint64_t bodies_ = 0;
};

}  // namespace mlgateway::bench

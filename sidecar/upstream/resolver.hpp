// The addresses of the models' names, kept fresh in the background: no request waits for DNS, save the first to a new
// name.
//
// Shared by all workers, safe from any thread. A name that stops resolving keeps its last addresses: a name server that
// is down for a minute must not take the models with it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "sidecar/net/address.hpp"

namespace mlgateway::upstream {

using Addresses = std::vector<net::Address>;  // port 0

class Resolver {
 public:
  static constexpr std::chrono::seconds kRefresh{5};

  Resolver();
  ~Resolver();  // waits for a look-up that is under way
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // The names that are wanted from now on; others are forgotten. Numeric addresses need not be among them.
  void track(std::set<std::string> names);

  enum class Knowledge : std::uint8_t { Pending, Known, Unknown };
  struct Answer {
    Knowledge knowledge = Knowledge::Pending;
    std::shared_ptr<const Addresses> addresses;  // with Known, never empty
  };
  Answer find(const std::string& host) const;

 private:
  void run(std::stop_token stop);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool dirty_ = false;
  std::map<std::string, Answer> names_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace mlgateway::upstream

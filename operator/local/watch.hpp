// Waits for what the loop of local mode has to look at: a change in the folder, a nudge from another thread, a signal
// to end.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::local {

class Watch {
 public:
  Watch() = default;
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Watches `folder` from now on, and blocks SIGTERM and SIGINT in the calling thread (and in threads it starts later)
  // to receive them here.
  Status open(const std::filesystem::path& folder);

  // Waits for the first event, but not longer than `most`, then until the folder was quiet for a moment, so that a
  // saved file is one change. False: a signal says that it is time to end.
  bool wait(std::chrono::milliseconds most);

  // From any thread: lets `wait` return.
  void nudge();

  // Files that somebody has open and began to write: half of a file is not what anybody meant. After a second they
  // count as written, so that a program that keeps a file open cannot hide it.
  std::set<std::string> being_written() const;

 private:
  void take_events();
  void take_event(const std::string& name, std::uint32_t mask);

  int inotify_ = -1;
  int signals_ = -1;
  int nudges_ = -1;
  std::map<std::string, Instant> open_;  // since when
};

}  // namespace mlgateway::local

// Follows gateway.v1.json in a directory and hands over every new valid content.
//
// The directory may be a kubelet's mount (gateway.v1.json -> ..data/gateway.v1.json, `..data` switched by a rename) or
// plain: a file that is replaced by a rename or rewritten in place. It is the directory that is watched (inotify),
// never the file; a poll every ten seconds is the backstop, and every second while the directory does not exist.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "sidecar/base/clock.hpp"
#include "sidecar/config/loader.hpp"

namespace mlgateway::config {

class DirectoryWatch;

class Watcher {
 public:
  // Called from load_now()'s caller or from the watcher's thread, never from both at once, one config at a time in the
  // order of loading. It must not call the Watcher back, except state().
  using OnConfig = std::function<void(std::shared_ptr<const GatewayConfig>)>;

  Watcher(std::filesystem::path directory, OnConfig on_config);
  ~Watcher();  // stops the thread and joins it
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // Looks at the file now. True when some good config is in force afterwards.
  bool load_now(WallTime now);

  // Starts the thread: from then on a change is handed over within milliseconds. Call it once; a change between
  // load_now() and start() is not missed. Without inotify (no watches left) the poll alone runs, which is logged.
  void start();
  void stop();

  // A copy, from any thread.
  LoadState state() const;

 private:
  void run(const std::stop_token& stop);
  void wait(const std::stop_token& stop, DirectoryWatch& watch, std::chrono::milliseconds most);
  void look(WallTime now);

  OnConfig on_config_;
  std::mutex loading_;  // one load and hand-over at a time
  Loader loader_;       // under loading_
  mutable std::mutex mutex_;
  LoadState state_;  // under mutex_
  int wake_ = -1;    // eventfd that ends the thread's wait
  std::jthread thread_;
};

}  // namespace mlgateway::config

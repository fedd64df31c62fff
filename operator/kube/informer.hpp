// Keeps a Store of one kind of objects up to date, by list and watch in a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <thread>

#include "operator/kube/client.hpp"
#include "operator/kube/requests.hpp"
#include "operator/kube/store.hpp"
#include "operator/kube/watch_machine.hpp"

namespace mlgateway::kube {

struct InformerOptions {
  Resource resource;
  Selection selection = {};
  // Takes away what nobody reads, before an object is kept: ten thousand pods must fit. Called after managedFields and
  // the last-applied annotation were taken away.
  std::function<void(nlohmann::json&)> trim = {};
  std::size_t page = 500;
  // How often every object is brought up again, against whatever was missed elsewhere; half of it is added by chance.
  std::chrono::seconds resync{600};
  WatchOptions watch = {};
};

// Safe from any thread. The destructor ends the thread; `changed` is not called after it.
class Informer {
 public:
  using Changed = std::function<void(const Change&)>;

  // `changed` is called from the informer's thread, after the Store has the change, and must be quick: it puts a key
  // into a queue. It must outlive the informer, and so must `client`.
  Informer(Client& client, InformerOptions options, Changed changed);
  ~Informer();
  Informer(const Informer&) = delete;
  Informer& operator=(const Informer&) = delete;

  const Store& store() const { return store_; }

  // Whether the first list is complete: before that, what is not in the store may be there nevertheless.
  bool synced() const;

  // Waits for it. False: `stop` or `deadline` came first.
  bool wait_synced(Instant deadline, const std::stop_token& stop) const;

  // Why nothing is heard from the server now; none when all is well.
  std::optional<Fault> trouble() const;

 private:
  void run(const std::stop_token& stop);
  void list(const ListPage& page, const std::stop_token& stop);
  void open(const OpenWatch& watch, const std::stop_token& stop);
  void read(const ReadWatch& read, const std::stop_token& stop);
  void wait(Instant until, const std::stop_token& stop);
  void take(std::vector<Delta> deltas);
  void fail(const Fault& fault);
  void succeed();
  void resync();
  void trim(nlohmann::json& object) const;
  double random();

  Client& client_;
  const InformerOptions options_;
  const Changed changed_;
  Store store_;
  // The thread's own.
  WatchMachine machine_;
  std::optional<HttpStream> stream_;
  std::minstd_rand generator_;
  Instant resync_at_{};
  // Shared.
  mutable std::mutex mutex_;
  mutable std::condition_variable_any woken_;
  bool synced_ = false;
  std::optional<Fault> trouble_;
  std::jthread thread_;  // last: it uses all of the above
};

// Waits until all of them are synced. False: `stop` or `deadline` came first.
bool wait_synced(const std::vector<const Informer*>& informers, Instant deadline, const std::stop_token& stop);

}  // namespace mlgateway::kube

// List, then watch, for ever: what to do next, as a state machine without I/O, clock or randomness of its own.
//
// The owner asks next(), does it, and tells what came of it by one of the on_ functions, each of which returns what
// changed. Sources: "API Concepts" of the Kubernetes documentation, KEP-956 (bookmarks), client-go's reflector.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "operator/kube/backoff.hpp"
#include "operator/kube/fault.hpp"
#include "operator/kube/json_splitter.hpp"
#include "operator/kube/page.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::kube {

// What to do next.
struct ListPage {
  std::string continue_token;
};
struct OpenWatch {
  std::string resource_version;
  std::chrono::seconds timeout;
};
struct ReadWatch {
  Instant deadline;  // the server should have ended the watch by then: silence beyond it is a dead connection
};
struct WaitUntil {
  Instant when;
};
using WatchAction = std::variant<ListPage, OpenWatch, ReadWatch, WaitUntil>;

// What changed.
struct Replaced {
  std::vector<nlohmann::json> objects;  // all there are
};
struct Put {
  nlohmann::json object;
};
struct Removed {
  nlohmann::json object;  // as it was last
};
using Delta = std::variant<Replaced, Put, Removed>;

struct WatchOptions {
  std::size_t most_event_bytes = 8u << 20;  // etcd takes 1.5 MiB by default; an event says it once, with escapes
  BackoffOptions backoff = {};
};

// For one thread at a time. `random` is in [0, 1).
class WatchMachine {
 public:
  explicit WatchMachine(WatchOptions options = WatchOptions());

  // `random` spreads the ends of watches, as 300 to 600 seconds.
  WatchAction next(Instant now, double random);

  // Answers to ListPage.
  std::vector<Delta> on_page(Page page, Instant now, double random);
  // Answers to OpenWatch: 200, then bytes for each ReadWatch, then the end.
  void on_opened(Instant now);
  std::vector<Delta> on_bytes(std::string_view bytes, Instant now, double random);
  // The stream is over, by its end or by a cut; half an event is forgotten, and the watch goes on where it was.
  void on_end(Instant now, double random);
  // The answer to any of them was this instead.
  void on_fault(const Fault& fault, Instant now, double random);

  // The version up to which everything is known; empty before the first list.
  const std::string& version() const { return version_; }

 private:
  enum class State : std::uint8_t { Listing, Opening, Reading };

  // False: the stream cannot be believed any more, and what follows of it is not read.
  bool take_event(const std::string& text, std::vector<Delta>& deltas, Instant now, double random);
  bool advance(const std::string& version);
  void take_error(const nlohmann::json& status, Instant now, double random);
  void wait(Instant now, double random, std::chrono::seconds at_least = {});
  void list_again(Instant now, double random);
  void watch_again(const Fault& fault, Instant now, double random);

  WatchOptions options_;
  Backoff backoff_;
  State state_ = State::Listing;
  Instant wait_until_{};
  std::vector<nlohmann::json> collected_;  // pages of the list under way
  std::string continue_token_;
  std::string version_;
  int stale_lists_ = 0;    // one after the other
  int server_errors_ = 0;  // one after the other, within watches
  JsonSplitter splitter_;
  std::chrono::seconds timeout_{};
  Instant opened_{};
  bool heard_ = false;  // an event since the watch was opened
};

}  // namespace mlgateway::kube

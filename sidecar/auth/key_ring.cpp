#include "sidecar/auth/key_ring.hpp"

#include <algorithm>

namespace mlgateway::auth {
namespace {

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

std::shared_ptr<const KeyRing::Keys> KeyRing::current() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

void KeyRing::put(jose::KeySet set) {
  auto keys = std::make_shared<const Keys>(Keys{std::move(set), next_number()});
  const std::lock_guard lock(mutex_);
  number_.store(keys->number, std::memory_order_release);
  keys_ = std::move(keys);
}

void KeyRing::clear() {
  const std::lock_guard lock(mutex_);
  number_.store(0, std::memory_order_release);
  keys_ = nullptr;
}

void KeyRing::miss() {
  if (missed_.exchange(true, std::memory_order_relaxed)) return;
  const std::lock_guard lock(mutex_);
  if (tell_) tell_();
}

void KeyRing::on_miss(std::function<void()> tell) {
  const std::lock_guard lock(mutex_);
  tell_ = std::move(tell);
}

std::shared_ptr<KeyRing> KeyRings::ring(const KeyOrigin& origin) {
  const std::lock_guard lock(mutex_);
  for (const Known& known : known_) {
    if (known.origin == origin) return known.ring;
  }
  return known_.emplace_back(Known{origin, std::make_shared<KeyRing>()}).ring;
}

void KeyRings::retain(const std::vector<KeyOrigin>& origins) {
  const std::lock_guard lock(mutex_);
  std::erase_if(known_, [&](const Known& known) {
    return std::find(origins.begin(), origins.end(), known.origin) == origins.end();
  });
}

std::vector<KeyOrigin> key_origins(const std::vector<config::AuthMethod>& methods, std::vector<KeyOrigin> known) {
  for (const config::AuthMethod& method : methods) {
    if (!method.jwt || !method.jwt->remote) continue;
    KeyOrigin origin{method.jwt->issuer, *method.jwt->remote};
    if (std::find(known.begin(), known.end(), origin) == known.end()) known.push_back(std::move(origin));
  }
  return known;
}

}  // namespace mlgateway::auth

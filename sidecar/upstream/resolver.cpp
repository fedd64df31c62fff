#include "sidecar/upstream/resolver.hpp"

#include <netdb.h>

#include "sidecar/base/log.hpp"

namespace mlgateway::upstream {
namespace {

Addresses look_up(const std::string& host) {
  if (const auto numeric = net::Address::numeric(host, 0)) return {*numeric};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  Addresses addresses;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return addresses;
  for (const addrinfo* each = found; each; each = each->ai_next)
    addresses.emplace_back(each->ai_addr, each->ai_addrlen);
  freeaddrinfo(found);
  return addresses;
}

}  // namespace

Resolver::Resolver() : thread_([this](std::stop_token stop) { run(stop); }) {}

Resolver::~Resolver() {
  thread_.request_stop();
  changed_.notify_all();
}

void Resolver::track(std::set<std::string> names) {
  const std::lock_guard lock(mutex_);
  std::erase_if(names_, [&](const auto& known) { return !names.contains(known.first); });
  for (const std::string& name : names) {
    const auto [entry, is_new] = names_.try_emplace(name);
    const auto numeric = is_new ? net::Address::numeric(name, 0) : std::nullopt;
    if (numeric) entry->second = {Knowledge::Known, std::make_shared<const Addresses>(Addresses{*numeric})};
  }
  dirty_ = true;
  changed_.notify_all();
}

Resolver::Answer Resolver::find(const std::string& host) const {
  const std::lock_guard lock(mutex_);
  const auto entry = names_.find(host);
  return entry == names_.end() ? Answer{Knowledge::Unknown, nullptr} : entry->second;
}

void Resolver::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::vector<std::string> hosts;
    {
      std::unique_lock lock(mutex_);
      dirty_ = false;
      for (const auto& [host, answer] : names_) hosts.push_back(host);
    }
    for (const std::string& host : hosts) {
      if (stop.stop_requested()) return;
      Addresses addresses = look_up(host);  // may take seconds, so no lock is held
      const std::lock_guard lock(mutex_);
      const auto entry = names_.find(host);
      if (entry == names_.end()) continue;
      if (!addresses.empty()) {
        entry->second = {Knowledge::Known, std::make_shared<const Addresses>(std::move(addresses))};
      } else if (entry->second.knowledge != Knowledge::Known) {
        if (entry->second.knowledge == Knowledge::Pending) log::warn("name does not resolve", {{"host", host}});
        entry->second.knowledge = Knowledge::Unknown;
      }
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, kRefresh, [this] { return dirty_; });
  }
}

}  // namespace mlgateway::upstream

// A model that does what a test says, over real connections on the loopback: one at a time, in a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mlgateway::upstream {

// What it does with one request.
struct Turn {
  enum class Then { Keep, Close, Reset, Silent };  // Silent: waits until the other side closes
  std::string says;
  Then then = Then::Keep;
};
using Script = std::vector<std::vector<Turn>>;  // per connection, per request

class ScriptedModel {
 public:
  // `on_request` is called in the model's thread for each request, before its turn.
  explicit ScriptedModel(
      Script script, std::function<void()> on_request = [] {})
      : listener_(socket(AF_INET, SOCK_STREAM, 0)), script_(std::move(script)), on_request_(std::move(on_request)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 16);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { play(); });
  }
  ~ScriptedModel() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::uint16_t port() const { return port_; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t connections() const { return connections_; }

 private:
  void play() {
    for (const std::vector<Turn>& turns : script_) {
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      ++connections_;
      for (const Turn& turn : turns) {
        if (!hear(connection)) break;
        on_request_();
        send(connection, turn.says.data(), turn.says.size(), MSG_NOSIGNAL);
        if (turn.then == Turn::Then::Keep) continue;
        const linger at_once{1, 0};
        if (turn.then == Turn::Then::Reset) setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        if (turn.then == Turn::Then::Silent) hear(connection);
        break;
      }
      close(connection);
    }
  }

  // One request; its body is as long as "content-length: N" says.
  bool hear(int connection) {
    std::string text;
    char bytes[4096];
    while (!complete(text)) {
      const ssize_t got = recv(connection, bytes, sizeof bytes, 0);
      if (got <= 0) return false;
      text.append(bytes, static_cast<std::size_t>(got));
    }
    const std::lock_guard lock(mutex_);
    requests_.push_back(text);
    return true;
  }
  static bool complete(const std::string& text) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::size_t length = text.find("content-length: ");
    const std::size_t body = length < end ? std::stoul(text.substr(length + 16)) : 0;
    return text.size() >= end + 4 + body;
  }

  int listener_;
  std::uint16_t port_ = 0;
  Script script_;
  std::function<void()> on_request_;
  std::atomic<std::size_t> connections_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::jthread thread_;
};

}  // namespace mlgateway::upstream

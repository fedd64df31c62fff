// An HTTP server on a port of its own that does to each connection what a test's script says.
#pragma once

#include <algorithm>
#include <csignal>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/certificates.hpp"

namespace mlgateway::kube::testing_support {

struct Asked {
  std::string method, target, head, body;
};

// One connection; a script's own thread.
class Connection {
 public:
  Connection(int fd, SSL* tls) : fd_(fd), tls_(tls) {}
  ~Connection() {
    if (tls_) SSL_free(tls_);
    ::close(fd_);
  }

  // The next request; none when the client has closed.
  std::optional<Asked> read() {
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return std::nullopt;
    }
    Asked asked;
    asked.head = spaced(buffer_.substr(0, end));
    buffer_.erase(0, end + 4);
    const std::size_t space = asked.head.find(' ');
    asked.method = asked.head.substr(0, space);
    asked.target = asked.head.substr(space + 1, asked.head.find(' ', space + 1) - space - 1);
    const std::size_t length = asked.head.find("Content-Length: ");
    const std::size_t size = length == std::string::npos ? 0 : std::stoul(asked.head.substr(length + 16));
    while (buffer_.size() < size && more()) {
    }
    asked.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return asked;
  }

  void send(const std::string& bytes) {
    if (tls_) {
      SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
    } else {
      ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
  }

  void answer(int status, const std::string& body, const std::string& headers = "") {
    send("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  // A body that goes on: chunks, and the last one.
  void begin() { send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"); }
  void chunk(const std::string& bytes) {
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    send(size + bytes + "\r\n");
  }
  void end() { send("0\r\n\r\n"); }

  // Says nothing until the client closes or the server ends.
  void hold() {
    while (more()) {
    }
  }

 private:
  // "NAME: VALUE" in every line, however many spaces the client writes.
  static std::string spaced(const std::string& head) {
    std::string result;
    for (std::size_t at = 0; at < head.size();) {
      const std::size_t end = std::min(head.find("\r\n", at), head.size());
      const std::size_t colon = head.find(':', at);
      const bool field = at > 0 && colon < end && colon + 1 < end && head[colon + 1] != ' ';
      result += field ? head.substr(at, colon - at) + ": " + head.substr(colon + 1, end - colon - 1)
                      : head.substr(at, end - at);
      result += "\r\n";
      at = end + 2;
    }
    return result;
  }

  bool more() {
    char bytes[4096];
    const auto got = tls_ ? SSL_read(tls_, bytes, sizeof bytes) : static_cast<int>(::recv(fd_, bytes, sizeof bytes, 0));
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  int fd_;
  SSL* tls_;
  std::string buffer_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(Connection&)>;

  struct Tls {
    mlgateway::testing_support::Pair own;
    std::string clients;  // the authority of client certificates that are then asked for; empty: none are
  };

  // `script` is called in a thread per connection; the connection is closed when it returns.
  explicit ScriptedServer(Script script, std::optional<Tls> tls = std::nullopt)
      : script_(std::move(script)),
        secure_(tls.has_value()),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    // A client that is gone while TLS still writes to it.
    ::signal(SIGPIPE, SIG_IGN);
    if (tls) use(*tls);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 16);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }

  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::scoped_lock lock(mutex_);
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }

  std::string url() const { return (secure_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_); }
  std::size_t connections() const {
    const std::scoped_lock lock(mutex_);
    return threads_.size();
  }

 private:
  using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

  static X509* parsed(const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                       BIO_free);
    return PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr);
  }

  void use(const Tls& tls) {
    context_.reset(SSL_CTX_new(TLS_server_method()));
    const std::unique_ptr<X509, decltype(&X509_free)> own(parsed(tls.own.certificate), X509_free);
    SSL_CTX_use_certificate(context_.get(), own.get());
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(
        BIO_new_mem_buf(tls.own.key.data(), static_cast<int>(tls.own.key.size())), BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    SSL_CTX_use_PrivateKey(context_.get(), key.get());
    if (tls.clients.empty()) return;
    const std::unique_ptr<X509, decltype(&X509_free)> authority(parsed(tls.clients), X509_free);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }

  void accept() {
    while (true) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      const std::scoped_lock lock(mutex_);
      open_.push_back(fd);
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    SSL* const tls = context_ ? SSL_new(context_.get()) : nullptr;
    if (tls) SSL_set_fd(tls, fd);
    Connection connection(fd, tls);
    if (!tls || SSL_accept(tls) == 1) script_(connection);
    const std::scoped_lock lock(mutex_);
    std::erase(open_, fd);
  }

  const Script script_;
  const bool secure_;
  Context context_{nullptr, SSL_CTX_free};
  int listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<int> open_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace mlgateway::kube::testing_support

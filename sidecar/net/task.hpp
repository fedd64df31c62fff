// A coroutine that runs when it is awaited and gives its value to whoever awaits it.
//
// A Task belongs to one event loop and one thread. It is always run to its end: nothing destroys a Task that is
// suspended, so a waiter may keep pointers into its frame. To end one early, cancel what it waits for.
// Awaiting a Task that finishes without suspending costs no trip through the loop and no stack: that is why the
// continuation is resumed by the awaiting side where it can be, and not by symmetric transfer, which needs tail calls
// that unoptimised and sanitised builds do not have.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "sidecar/net/frame_pool.hpp"

namespace mlgateway::net {

template <class T>
class Task;

namespace detail {

struct PromiseBase {
  std::coroutine_handle<> continuation;
  bool awaiting_side_is_on_the_stack = false;
  std::exception_ptr failure;

  static void* operator new(std::size_t size) { return allocate_frame(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { release_frame(frame, size); }

  std::suspend_always initial_suspend() noexcept { return {}; }
  void unhandled_exception() { failure = std::current_exception(); }

  struct Final {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) noexcept {
      PromiseBase& promise = self.promise();
      if (!promise.awaiting_side_is_on_the_stack && promise.continuation) promise.continuation.resume();
    }
    void await_resume() noexcept {}
  };
  Final final_suspend() noexcept { return {}; }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  void return_value(T result) { value.emplace(std::move(result)); }
  T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() {}
  void take() {}
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task(const Task&) = delete;
  Task& operator=(Task&&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    promise_type& promise = handle_.promise();
    promise.continuation = awaiting;
    promise.awaiting_side_is_on_the_stack = true;
    handle_.resume();
    if (handle_.done()) return false;
    promise.awaiting_side_is_on_the_stack = false;
    return true;
  }
  T await_resume() {
    promise_type& promise = handle_.promise();
    if (promise.failure) std::rethrow_exception(promise.failure);
    return promise.take();
  }

 private:
  Handle handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

// Runs at once, frees itself at its end.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }  // a spawned task handles its own failures
  };
};

}  // namespace detail

// Starts a task that nobody awaits. It must let no exception out.
inline void spawn(Task<void> task) {
  [](Task<void> owned) -> detail::Detached { co_await owned; }(std::move(task));
}

// Where one coroutine waits until another says that something has happened. One waiter, one signal; signal may come
// first.
class Event {
 public:
  Event() = default;
  // Not copied even where the compiler would: GCC 12 awaits a copy of an lvalue that a call returns.
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void signal() {
    signalled_ = true;
    if (auto waiter = std::exchange(waiter_, {})) waiter.resume();
  }
  bool await_ready() const noexcept { return signalled_; }
  void await_suspend(std::coroutine_handle<> waiter) noexcept { waiter_ = waiter; }
  void await_resume() const noexcept {}

 private:
  bool signalled_ = false;
  std::coroutine_handle<> waiter_;
};

}  // namespace mlgateway::net

// The Playground listens on every interface; the tests let it listen on this machine only.
const net = require("node:net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  const ready = rest.filter((one) => typeof one === "function");
  const where = typeof port === "object" ? { ...port, host: "127.0.0.1" } : { port, host: "127.0.0.1" };
  return listen.call(this, where, ...ready);
};

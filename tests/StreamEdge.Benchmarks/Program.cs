Console.WriteLine("Usage: ./bench [WORKLOAD ...]");
return 0;
